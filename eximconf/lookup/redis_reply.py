"""Reads the replies of a Redis server for the package redis, which tells less of them than Exim's library does:
whether a text is a status, and an error in full. Source: the protocol RESP, version 2.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from socket import socket
from typing import TYPE_CHECKING, Any, TypeAlias

from eximconf.lookup.connections import has_input

if TYPE_CHECKING:
    import redis

_LONGEST = 1 << 26
_DEEPEST = 8


class Status(bytes):
    """A short text that is no data, such as ``OK``."""

    __slots__ = ()


class Rubbish(Exception):
    """What came is no reply; the text says why."""


Reply: TypeAlias = "bytes | int | Sequence[Reply] | redis.ResponseError | None"


class ReplyReader:
    """A parser as the package redis takes one. A whole reply has *seconds* to arrive."""

    def __init__(self, seconds: float, socket_read_size: int) -> None:
        self._seconds = seconds
        self._size = socket_read_size
        self._socket: socket | None = None
        self._buffer = bytearray()
        self._end = 0.0

    def on_connect(self, connection: Any) -> None:
        self._socket = connection._sock
        self._buffer.clear()

    def on_disconnect(self) -> None:
        self._socket = None
        self._buffer.clear()

    def can_read(self, timeout: float = 0) -> bool:
        return bool(self._buffer) or has_input(self._socket.fileno() if self._socket is not None else -1)

    def read_response(self, **_options: object) -> Reply:
        """One reply. Raises `OSError` (`TimeoutError`, `EOFError` at the end of the connection), `Rubbish`."""
        self._end = time.monotonic() + self._seconds
        return self._reply(0)

    def _reply(self, depth: int) -> Reply:
        line = self._line()
        kind, rest = line[:1], line[1:]
        match kind:
            case b"+":
                return Status(rest)
            case b"-":
                from redis import ResponseError

                return ResponseError(rest.decode("latin-1"))
            case b":":
                return _number(rest)
            case b"$":
                length = _number(rest)
                return None if length < 0 else self._data(length)
            case b"*" if depth < _DEEPEST:
                count = _number(rest)
                return None if count < 0 else [self._reply(depth + 1) for _ in range(count)]
        raise Rubbish(f'Protocol error, got "{_shown(kind)}" as reply type byte')

    def _line(self) -> bytes:
        while (at := self._buffer.find(b"\r\n")) < 0:
            if self._buffer and self._buffer[0] not in b"+-:$*":
                return bytes(self._buffer[:1])
            self._receive()
        line = bytes(self._buffer[:at])
        del self._buffer[: at + 2]
        return line

    def _data(self, length: int) -> bytes:
        while len(self._buffer) < length + 2:
            self._receive()
        data = bytes(self._buffer[:length])
        del self._buffer[: length + 2]
        return data

    def _receive(self) -> None:
        left = self._end - time.monotonic()
        if self._socket is None or left <= 0:
            raise TimeoutError
        if len(self._buffer) > _LONGEST:
            raise Rubbish("Protocol error, too long a reply")
        self._socket.settimeout(left)
        part = self._socket.recv(self._size)
        if not part:
            raise EOFError
        self._buffer += part


def _number(text: bytes) -> int:
    if not text.removeprefix(b"-").isdigit() or len(text) > 20:
        raise Rubbish("Protocol error, bad integer value")
    return int(text)


def _shown(octet: bytes) -> str:
    char = octet.decode("latin-1")
    return char if char.isascii() and char.isprintable() else f"\\x{octet.hex()}"
