"""Stores of rates: what is put in comes out, in memory, in a file, and in a real Redis server."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from acl_driver import StoppedClock, configuration

from eximconf.acl.engine import AclEngine
from eximconf.acl.outcome import Verdict
from eximconf.runtime.acl_answers import HintRecord
from eximconf.runtime.context import Context
from eximconf.runtime.hints import MemoryHints, RedisHints, SqliteHints, open_hints
from eximconf.runtime.services import Hints, Services
from eximconf.runtime.session import Connection, Recipient
from eximconf.runtime.value import Tainted

_RECORD = HintRecord(1767600000.125, 2.5, 1767600000.0, b"\x00\xff" * 20)
_KEY = Tainted("1h/per_rcpt/\xe9 key")


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis server of our own on a free port."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("needs redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [server, "--port", str(port), "--dir", str(tmp_path), "--save", ""], stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def _check(store: Hints, again: Hints) -> None:
    assert store.get("ratelimit", _KEY) is None
    store.put("ratelimit", _KEY, _RECORD)
    store.put("seen", _KEY, HintRecord(1.0))
    assert again.get("ratelimit", _KEY) == _RECORD
    assert again.get("seen", _KEY) == HintRecord(1.0)


def test_memory_keeps_records() -> None:
    store = open_hints("")
    assert isinstance(store, MemoryHints)
    _check(store, store)


def test_a_file_keeps_records(tmp_path: Path) -> None:
    path = str(tmp_path / "hints.db")
    store = open_hints(path)
    assert isinstance(store, SqliteHints)
    _check(store, open_hints(path))


def test_redis_keeps_records(redis_url: str) -> None:
    store = open_hints(redis_url)
    assert isinstance(store, RedisHints)
    _check(store, open_hints(redis_url))


@pytest.mark.parametrize("where", ["redis://:secret@127.0.0.1:1/0", "/nonexistent/folder/hints.db"])
def test_a_store_that_is_not_there_defers(where: str) -> None:
    engine = AclEngine(configuration("begin acl\nrate:\n  deny ratelimit = 1 / 1h\nseen:\n  deny seen = 1h\n"))
    services = Services(clock=StoppedClock(), hints=open_hints(where))
    ctx = Context(services=services, connection=Connection(client="192.0.2.7"))
    for acl, message in (("rate", "ratelimit database not available"), ("seen", "database for 'seen' not available")):
        outcome = engine.run(ctx, "rcpt", acl, Recipient("a@b.example"))
        assert (outcome.verdict, outcome.log_message) == (Verdict.DEFER, message)
