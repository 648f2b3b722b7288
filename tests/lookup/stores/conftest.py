"""Look-ups in real servers. Where a command of one is missing, its tests are skipped and say which."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "expand"))

from running_stores import RunningStores, running


@pytest.fixture(scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[RunningStores]:
    """The servers of the kind that the test is parametrized with."""
    with running(request.param) as found:
        yield found
