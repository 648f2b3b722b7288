"""A real Exim whose trace and messages are those of the recordings."""

from __future__ import annotations

import os
import re
import subprocess

import pytest


@pytest.fixture(scope="session")
def newest_exim(real_exim: str) -> str:
    """The path of a real Exim since 4.99. Tests that ask for it are skipped without one, or where it would not take
    ``-C`` and ``-D``, which is root's privilege."""
    if os.geteuid() != 0:
        pytest.skip("Exim takes -C and -D of root only")
    version = subprocess.run([real_exim, "-bV"], capture_output=True, text=True, timeout=20).stdout
    if not re.match(r"Exim version 4\.(99|1\d\d)", version):
        pytest.skip("the recordings are of 4.100-dev")
    return real_exim
