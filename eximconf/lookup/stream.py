"""Octets to and from a server, for the types that read its answers themselves.

The drivers make the connections; a question and its answer then go over the socket directly, which costs a
fraction of what they take for it.
"""

from __future__ import annotations

import time
from socket import SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET, socket
from ssl import SSLSocket
from struct import pack

from eximconf.lookup.connections import FRESH, has_input

_SIZE = 1 << 16


class Ended(EOFError):
    """The server has closed the connection."""


class Stream:
    """A connected socket. A question and its whole answer have *seconds*, from `send` on.

    The limit is kept by the system where it can be, which saves a call for each of Python's.
    """

    __slots__ = ("_encrypted", "_end", "_limit", "_seconds", "_socket")

    def __init__(self, connected: socket, seconds: float) -> None:
        self._socket = connected
        self._seconds = seconds
        self._end = 0.0
        self._encrypted = isinstance(connected, SSLSocket)
        self._limit = 0.0
        if not self._encrypted:
            connected.settimeout(None)
        self._set_limit(seconds)

    def limit(self, seconds: float) -> None:
        """A question and its answer have *seconds* from now on."""
        self._seconds = seconds
        if seconds != self._limit:
            self._set_limit(seconds)

    def send(self, octets: bytes) -> None:
        """Raises `OSError`, `TimeoutError` among them."""
        self._end = time.monotonic() + self._seconds
        if self._limit != self._seconds:
            self._set_limit(self._seconds)
        try:
            self._socket.sendall(octets)
        except BlockingIOError:
            raise TimeoutError from None

    def receive(self) -> bytes:
        """What there is of the answer, at least one octet. Raises `OSError`, `TimeoutError` among them, `Ended`."""
        try:
            octets = self._socket.recv(_SIZE)
        except BlockingIOError:
            raise TimeoutError from None
        if not octets:
            raise Ended
        return octets

    def receive_more(self) -> bytes:
        """The same for a part of the answer that is not its first: the time that it took counts."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if left < self._limit / 2:
            self._set_limit(left)
        return self.receive()

    def is_stale(self) -> bool:
        """Whether something has come, or the connection was closed, since the last answer; not if the last question
        is hardly over."""
        asked = self._end - self._seconds
        return time.monotonic() - asked > FRESH and has_input(self._socket.fileno())

    def close(self) -> None:
        self._socket.close()

    def _set_limit(self, seconds: float) -> None:
        self._limit = seconds
        if self._encrypted:
            self._socket.settimeout(seconds)
            return
        limit = pack("@ll", int(seconds), max(1, int(seconds % 1 * 1_000_000)))
        self._socket.setsockopt(SOL_SOCKET, SO_RCVTIMEO, limit)
        self._socket.setsockopt(SOL_SOCKET, SO_SNDTIMEO, limit)
