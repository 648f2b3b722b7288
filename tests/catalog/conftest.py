"""What the comparisons with a real Exim share."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from eximconf.catalog.model import NEWEST


@pytest.fixture(scope="session")
def version(real_exim: str) -> str:
    """The version of the real Exim; one between two releases counts as the newest."""
    if os.geteuid() != 0:
        pytest.skip("needs root, as any use of -C does")
    said = subprocess.run([real_exim, "-bV"], capture_output=True, text=True, timeout=30).stdout
    found = re.search(r"Exim version (\d+\.\d+(?:\.\d+)?)(-\d+)?", said)
    assert found is not None, said
    return NEWEST if found[2] else found[1]
