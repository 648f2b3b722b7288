"""Octets to and from a server, for the types that read its answers themselves.

The drivers make the connections; a question and its answer then go over the socket directly, which costs a
fraction of what they take for it.
"""

from __future__ import annotations

from socket import SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET, socket
from ssl import SSLSocket
from struct import pack
from time import monotonic

from eximconf.lookup.connections import FRESH, has_input

_SIZE = 1 << 16


class Ended(EOFError):
    """The server has closed the connection."""


class Stream:
    """A connected socket. A question and its whole answer have *seconds*, from `ask` on. *octets*: what has come of an
    answer; *at*: where that begins that is not read yet.

    The limit is kept by the system where it can be, which saves a call for each of Python's.
    """

    __slots__ = ("_asked", "_encrypted", "_limit", "_seconds", "_socket", "at", "octets")

    def __init__(self, connected: socket, seconds: float) -> None:
        self._socket = connected
        self._seconds = seconds
        self._asked = 0.0
        self.octets = b""
        self.at = 0
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

    def ask(self, question: bytes) -> None:
        """Send *question* and wait for the beginning of its answer, at least one octet. Raises `OSError`,
        `TimeoutError` among them, `Ended`."""
        self._asked = monotonic()
        if self._limit != self._seconds:
            self._set_limit(self._seconds)
        try:
            self._socket.sendall(question)
            self.octets = self._socket.recv(_SIZE)
        except BlockingIOError:
            raise TimeoutError from None
        self.at = 0
        if not self.octets:
            raise Ended

    def wait(self) -> None:
        """Wait for more of the answer, for which the time counts that it took so far; what is read is dropped. Raises
        the same."""
        left = self._asked + self._seconds - monotonic()
        if left <= 0:
            raise TimeoutError
        if left < self._limit / 2:
            self._set_limit(left)
        try:
            octets = self._socket.recv(_SIZE)
        except BlockingIOError:
            raise TimeoutError from None
        if not octets:
            raise Ended
        self.octets = self.octets[self.at :] + octets
        self.at = 0

    def is_stale(self) -> bool:
        """Whether something has come that nobody asked for, or the connection was closed, since the last answer; for
        the latter nobody looks if the last question is hardly over."""
        if self.at < len(self.octets):
            return True
        return monotonic() - self._asked > FRESH and has_input(self._socket.fileno())

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
