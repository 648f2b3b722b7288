"""Look-ups in real servers. Where a command of one is missing, its tests are skipped and say which."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "expand"))

from running_stores import RunningStores
from store_servers import NoServer

_PACKAGES = {"redis": "redis", "pgsql": "psycopg", "mysql": "pymysql", "ldap": "ldap3"}


@contextmanager
def running(kind: str) -> Iterator[RunningStores]:
    """The servers of *kind*, or the test is skipped."""
    pytest.importorskip(_PACKAGES[kind])
    with ExitStack() as stack:
        try:
            stores = stack.enter_context(RunningStores(kind))
        except NoServer as error:
            pytest.skip(str(error))
        yield stores


@pytest.fixture(scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[RunningStores]:
    """The servers of the kind that the test is parametrized with."""
    with running(request.param) as found:
        yield found
