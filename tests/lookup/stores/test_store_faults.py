"""Servers that stop, stall, cut off or talk nonsense: a look-up defers in bounded time, and the next one works."""

from __future__ import annotations

import gc
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from running_stores import RunningStores, running
from store_servers import PASSWORD, FaultyServer, RedisServer

from eximconf.api import Ending, expand, new_context
from eximconf.lookup.connections import driver
from eximconf.lookup.searches import Searches
from eximconf.runtime.context import Context
from eximconf.runtime.live import live_services
from eximconf.runtime.services import Databases, Services

QUERIES = {
    "redis": "${lookup redis,cache=no{echo 7}}",
    "pgsql": "${lookup pgsql,cache=no{select 7}}",
    "mysql": "${lookup mysql,cache=no{select 7}}",
    "ldap": "${lookup ldap,cache=no{ldap:///uid=fred,o=base?uid}}",
}
ANSWERS = {"redis": "7", "pgsql": "7", "mysql": "7", "ldap": "fred"}
OPTIONS = {
    "redis": "redis_servers",
    "pgsql": "pgsql_servers",
    "mysql": "mysql_servers",
    "ldap": "ldap_default_servers",
}
LOG_IN = {
    "redis": "//" + PASSWORD,
    "pgsql": f"/mail/exim/{PASSWORD}",
    "mysql": f"/mail/exim/{PASSWORD}",
    "ldap": "",
}
KINDS = sorted(QUERIES)
_SOON = 12.0
"""Less than what the servers take that stall, more than a limit of one or two seconds on a busy machine."""


def context(kind: str, *ports: int, timeout: float = 30.0) -> Context:
    """A live context whose servers of *kind* are on *ports*."""
    services = live_services({})
    services.databases = Databases(timeout)
    ctx = new_context(services=services)
    servers = ":".join(f"127.0.0.1::{port}{LOG_IN[kind]}" for port in ports)
    ctx.settings = {OPTIONS[kind]: servers, "primary_hostname": "host.example"}
    return ctx


def ask(kind: str, ctx: Context, query: str = "") -> str:
    """The value, or the message behind ``!!``."""
    result = expand(query or QUERIES[kind], ctx)
    return result.text or "" if result.ending is Ending.TEXT else f"!! {result.message}"


def works(kind: str, ctx: Context) -> None:
    """Wait until a server answers, however busy the machine is."""
    end = time.monotonic() + 60
    while (got := ask(kind, ctx)) != ANSWERS[kind]:
        assert time.monotonic() < end, got
        time.sleep(0.05)


def descriptors() -> int:
    """How many this process has open, apart from those of what nobody uses any more."""
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


def port_of(stores: RunningStores) -> int:
    return stores.servers[stores.kind].port


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_stops_between_two_queries(kind: str) -> None:
    with running(kind) as stores:
        server, ctx = stores.servers[kind], context(kind, port_of(stores))
        assert ask(kind, ctx) == ANSWERS[kind]
        server.stop()
        assert ask(kind, ctx).startswith('!! lookup of "')
        server.start()
        assert ask(kind, ctx) == ANSWERS[kind]
        server.stop()
        server.start()  # before anybody asks: the connection is replaced unnoticed
        assert ask(kind, ctx) == ANSWERS[kind]
        others = context(kind, 1, port_of(stores))
        assert ask(kind, others) == ANSWERS[kind]


@pytest.mark.parametrize("stores", KINDS, indirect=True)
def test_a_server_that_stands_still(stores: RunningStores) -> None:
    kind = stores.kind
    server, ctx = stores.servers[kind], context(kind, port_of(stores), timeout=1.0)
    works(kind, ctx)
    server.pause()
    try:
        for _ in range(2):  # a connection that is open, and one that is made
            start = time.monotonic()
            got = ask(kind, ctx)
            took = time.monotonic() - start
            assert got.startswith('!! lookup of "')
            assert "time" in got or "Lost connection" in got, got
            assert took < _SOON
    finally:
        server.go_on()
    works(kind, ctx)


@pytest.mark.parametrize(
    ("kind", "query"),
    [("pgsql", "select pg_sleep(30)"), ("mysql", "select sleep(30)"), ("redis", "blpop nosuch 30")],
)
def test_an_answer_that_takes_thirty_seconds(kind: str, query: str) -> None:
    with running(kind) as stores:
        ctx = context(kind, port_of(stores), timeout=1.0)
        start = time.monotonic()
        assert ask(kind, ctx, f"${{lookup {kind}{{{query}}}}}").startswith("!! lookup of")
        assert time.monotonic() - start < _SOON
        works(kind, ctx)


@pytest.mark.parametrize("stores", KINDS, indirect=True)
def test_no_connection_leaks(stores: RunningStores) -> None:
    kind = stores.kind
    ctx = context(kind, port_of(stores))
    ask(kind, ctx)
    before = descriptors()
    for _ in range(10_000):
        assert ask(kind, ctx) == ANSWERS[kind]
    assert descriptors() == before
    for _ in range(200):  # and none of those that fail, or are given up
        ask(kind, ctx, QUERIES[kind].replace("7}", "7 7 nonsense}").replace("?uid}", "?uid?bad}"))
        ask(kind, context(kind, 1))
        Searches.of(ctx.services).forget()
        assert ask(kind, ctx) == ANSWERS[kind]
    assert descriptors() == before


def _nothing(connection: socket.socket) -> None:
    connection.close()


def _rubbish(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" + bytes(range(256)) * 8)
    connection.settimeout(0.2)
    connection.recv(4096)
    connection.close()


def _zeros(connection: socket.socket) -> None:
    connection.sendall(bytes(4096))
    connection.close()


@pytest.mark.parametrize("act", [_nothing, _rubbish, _zeros])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_answer(kind: str, act: Callable[[socket.socket], None]) -> None:
    pytest.importorskip({"pgsql": "psycopg", "mysql": "pymysql", "ldap": "ldap3"}.get(kind, kind))
    with FaultyServer(act) as server:
        ctx = context(kind, server.port, timeout=2.0)
        start = time.monotonic()
        for _ in range(2):
            got = ask(kind, ctx)
            assert got.startswith('!! lookup of "'), got
            assert PASSWORD not in got
        assert time.monotonic() - start < 2 * _SOON


class CuttingProxy:
    """Passes octets on to a server; once `cut` is set, only the first few of the next answer."""

    def __init__(self, port: int) -> None:
        self.cut = False
        self._target = port
        self._faulty = FaultyServer(self._pass_on)
        self.port = self._faulty.port

    def _pass_on(self, client: socket.socket) -> None:
        import threading

        server = socket.create_connection(("127.0.0.1", self._target))
        threading.Thread(target=self._copy, args=(client, server, False), daemon=True).start()
        threading.Thread(target=self._copy, args=(server, client, True), daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        try:
            while part := source.recv(65536):
                target.sendall(part[:3] if answers and self.cut else part)
                if answers and self.cut:
                    break
        except OSError:
            pass
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def close(self) -> None:
        self._faulty.__exit__()


@contextmanager
def cutting(port: int) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(port)
    try:
        yield proxy
    finally:
        proxy.close()


@pytest.mark.parametrize("stores", KINDS, indirect=True)
def test_a_connection_cut_in_the_middle_of_an_answer(stores: RunningStores) -> None:
    kind = stores.kind
    with cutting(port_of(stores)) as proxy:
        ctx = context(kind, proxy.port, timeout=20.0)
        assert ask(kind, ctx) == ANSWERS[kind]
        proxy.cut = True
        got = ask(kind, ctx)
        assert got.startswith('!! lookup of "'), got
        proxy.cut = False
        assert ask(kind, ctx) == ANSWERS[kind]
        proxy.cut = True
        both = context(kind, proxy.port, port_of(stores))
        assert ask(kind, both) == ANSWERS[kind]


def test_a_query_is_never_sent_twice() -> None:
    with running("redis") as stores, cutting(port_of(stores)) as proxy:
        ctx = context("redis", proxy.port)
        ask("redis", ctx)
        proxy.cut = True
        assert ask("redis", ctx, "${lookup redis{incr visits}}").startswith("!!")
        visits = ask("redis", context("redis", port_of(stores)), "${lookup redis{get visits}}")
        assert visits in ("", "1")  # the cut may come before the query is on its way, but 2 is never right


def test_a_server_of_a_cluster_that_says_moved() -> None:
    """Two nodes share the slots; the list is gone through until the right one answers."""
    pytest.importorskip("redis")
    with running("redis"):
        pass
    nodes = [RedisServer(cluster=True), RedisServer(cluster=True)]
    try:
        for node, slots in zip(nodes, ("0 8191", "8192 16383"), strict=True):
            assert _redis(node.port, f"cluster addslotsrange {slots}") == "OK"
        assert _redis(nodes[0].port, f"cluster meet 127.0.0.1 {nodes[1].port}") == "OK"
        end = time.monotonic() + 60
        while not all("cluster_state:ok" in _redis(node.port, "cluster info") for node in nodes):
            assert time.monotonic() < end, _redis(nodes[0].port, "cluster nodes")
            time.sleep(0.1)
        ctx = context("redis", nodes[0].port, nodes[1].port)
        for number in range(20):
            assert ask("redis", ctx, f"${{lookup redis{{set key{number} v{number}}}}}") == "OK"
            assert ask("redis", ctx, f"${{lookup redis{{get key{number}}}}}") == f"v{number}"
        alone = context("redis", nodes[0].port)
        moved = [ask("redis", alone, f"${{lookup redis{{get key{number}}}}}") for number in range(20)]
        assert any("REDIS: lookup result failed: MOVED " in got for got in moved)
    finally:
        for node in nodes:
            node.remove()


def _redis(port: int, command: str) -> str:
    return ask("redis", context("redis", port), f"${{lookup redis{{{command}}}}}")


@pytest.mark.parametrize(
    ("kind", "module", "package"),
    [
        ("redis", "redis", "redis"),
        ("pgsql", "psycopg", "psycopg"),
        ("mysql", "pymysql", "PyMySQL"),
        ("ldap", "ldap3", "ldap3"),
    ],
)
def test_a_package_that_is_missing_is_named(
    kind: str, module: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    driver.cache_clear()
    assert ask(kind, context(kind, 1)) == f"!! {kind} look-ups need the Python package {package}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_is_not_live_connects_to_nothing(kind: str) -> None:
    touched: list[bool] = []
    with FaultyServer(lambda connection: touched.append(True)) as server:
        ctx = context(kind, server.port)
        ctx.services = Services(
            files=ctx.services.files, sockets=ctx.services.sockets, clock=ctx.services.clock
        )
        assert ask(kind, ctx) == f"!! no {kind} service here"
        time.sleep(0.05)
    assert not touched
