"""Look-ups in a counting server, against one that speaks its protocol (4.99's experimental-spec; no release has it
built in)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from eximconf.api import Ending, expand, new_context
from eximconf.runtime.live import LiveSockets
from eximconf.runtime.services import Services


class Server:
    """Keeps sets of keys; answers ``2`` for a key of the table, ``1`` for the beginning of one, else ``0``."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.tables: dict[str, set[str]] = {"default": {"10.0.0.1"}}
        self.requests: list[str] = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            request, peer = self.listener.recvfrom(1000)
            if not request:
                return
            table, _, rest = request.decode().partition("\0")
            self.requests.append(request.decode())
            self.listener.sendto(
                self._answer(self.tables.setdefault(table, set()), rest[0], rest[1:]), peer
            )

    def _answer(self, keys: set[str], mode: str, key: str) -> bytes:
        if key == "rubbish":
            return b"x"
        answer = b"2" if key in keys else b"1" if any(one.startswith(key) for one in keys) else b"0"
        if mode == "+":
            keys.add(key)
        elif mode == "-":
            keys.discard(key)
        return answer


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        found = Server(listener)
        yield found
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stopper:
            stopper.sendto(b"", listener.getsockname())
        found.thread.join(5)


def look_up(key: str, options: str, server: str = "127.0.0.1", ctx: object = None) -> str:
    context = ctx or new_context(services=Services(sockets=LiveSockets()))
    result = expand(f"${{lookup{{{key}}}nmh{options}{{{server}}}{{$value}}{{none}}}}", context)  # type: ignore[arg-type]
    return result.text or "" if result.ending is Ending.TEXT else f"!! {result.message}"


def test_keys_are_asked_added_and_removed(server: Server) -> None:
    port = f",port={server.listener.getsockname()[1]}"
    ctx = new_context(services=Services(sockets=LiveSockets()))
    assert look_up("10.0.0.1", port, ctx=ctx) == "yes"
    assert look_up("10.0.0.1", port, ctx=ctx) == "yes"
    assert len(server.requests) == 1
    assert look_up("10.0.0", port) == "none"
    assert look_up("10.0.0", f"{port},partial") == "yes"
    assert look_up("new", f"{port},add", ctx=ctx) == "none"
    assert look_up("new", port, ctx=ctx) == "yes"
    assert look_up("new", f"{port},sub", ctx=ctx) == "yes"
    assert look_up("new", port, ctx=ctx) == "none"
    assert look_up("10.0.0.1", f"{port},table=other") == "none"
    assert server.requests[-1] == "other\0?10.0.0.1"


def test_faults_defer(server: Server) -> None:
    port = f",port={server.listener.getsockname()[1]}"

    def deferred(key: str, reason: str) -> str:
        return f'!! lookup of "{key}" gave DEFER: "{reason}"'

    assert look_up("rubbish", port) == deferred("rubbish", "bad response value")
    assert look_up("x", ",tcp") == deferred("x", "tcp is not supported for nmh at this time")
    assert look_up("x", ",udp") == deferred("x", "bad port number")
    assert look_up("x", ",port=") == deferred("x", "missing port in server spec")
    assert look_up("x", ",tmo=no") == deferred("x", "missing value in timeout spec")
    assert look_up("x", "", "@no-such-server") == deferred(
        "x", "connect '@no-such-server': Connection refused"
    )
    assert look_up("x", "", "/no/such/socket") == deferred(
        "x", "connect '/no/such/socket': No such file or directory"
    )
