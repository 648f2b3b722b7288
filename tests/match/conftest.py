"""What the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the user can read under whom a real Exim runs."""
    with TemporaryDirectory(prefix="lists") as name:
        Path(name).chmod(0o755)
        yield Path(name)
