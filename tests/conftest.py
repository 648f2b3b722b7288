"""What all tests share: golden files, and a real Exim where there is one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write the golden files anew")


class Golden:
    """Compares a text with the file that holds the expected one, or writes it."""

    def __init__(self, update: bool) -> None:
        self.update = update

    def __call__(self, path: Path, text: str) -> None:
        if self.update:
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: pytest --update-goldens, and read the diff"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(bool(request.config.getoption("--update-goldens")))


def find_exim() -> str | None:
    """A real Exim: ``$EXIM``, or the one that is installed; None if there is none."""
    named = os.environ.get("EXIM")
    return shutil.which(named) if named else shutil.which("exim4", path="/usr/sbin:/usr/local/sbin")


@pytest.fixture(scope="session")
def real_exim() -> str:
    """The path of a real Exim. Tests that ask for it are skipped where there is none."""
    found = find_exim()
    if found is None:
        pytest.skip("needs a real Exim (EXIM=path, or exim4 in /usr/sbin)")
    return found


@pytest.fixture(scope="session")
def newest_exim(real_exim: str) -> str:
    """The path of a real Exim since 4.99, whose answers most recordings are. Tests that ask for it are skipped without
    one, or where it would not take ``-C`` and ``-D``, which is root's privilege."""
    if os.geteuid() != 0:
        pytest.skip("Exim takes -C and -D of root only")
    version = subprocess.run([real_exim, "-bV"], capture_output=True, text=True, timeout=20).stdout
    if not re.match(r"Exim version 4\.(99|1\d\d)", version):
        pytest.skip("the recordings are of 4.100-dev")
    return real_exim
