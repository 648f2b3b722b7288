"""A real Exim of the version that has answered."""

from __future__ import annotations

import os
import re
import subprocess

import pytest


@pytest.fixture(scope="session")
def newest_exim(real_exim: str) -> str:
    """The path of a real Exim since 4.99. Tests that ask for it are skipped without one, or where it would give up its
    rights because of ``-C``."""
    if os.geteuid() != 0:
        pytest.skip("Exim reads any configuration with all its rights for root only")
    version = subprocess.run([real_exim, "-bV"], capture_output=True, text=True, timeout=20).stdout
    if not re.match(r"Exim version 4\.(99|1\d\d)", version):
        pytest.skip("the answers are those of 4.100-dev")
    return real_exim
