"""Commands to a Redis server and its replies, of which Exim's library tells more than the package redis does: whether a
text is a status, and an error in full. Source: the protocol RESP, version 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from eximconf.lookup.stream import Stream

_LONGEST = 1 << 26
_DEEPEST = 8
_TEXT = ord("$")


class Status(bytes):
    """A short text that is no data, such as ``OK``."""

    __slots__ = ()


class Refusal(NamedTuple):
    """A reply that is an error."""

    text: str


class Rubbish(Exception):
    """What came is no reply; the text says why."""


Reply: TypeAlias = "bytes | int | Sequence[Reply] | Refusal | None"


def packed(command: Sequence[bytes]) -> bytes:
    """*command*, a name and arguments, as it is sent."""
    words = b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in command])
    return b"*%d\r\n%b" % (len(command), words)


class ReplyReader:
    """Reads replies from *stream*. What has come and is not read yet stays for the next."""

    __slots__ = ("_at", "_octets", "_stream")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._octets = b""
        self._at = 0

    def has_more(self) -> bool:
        """Whether something has come that nobody has asked for."""
        return self._at < len(self._octets)

    def read(self) -> Reply:
        """One reply. Raises what `Stream` raises, and `Rubbish`."""
        if self._at == len(self._octets):
            octets = self._octets = self._stream.receive()
            self._at = 0
            # The usual reply, one text that came at once, without any ado.
            if octets[0] == _TEXT and (end := octets.find(b"\r\n")) > 1 and octets[1:end].isdigit():
                self._at = end + 4 + int(octets[1:end])
                if self._at == len(octets):
                    return octets[end + 2 : -2]
                self._at = 0
        return self._reply(0)

    def _reply(self, depth: int) -> Reply:
        line = self._line()
        kind, rest = line[:1], line[1:]
        match kind:
            case b"$":
                length = _number(rest)
                return None if length < 0 else self._data(length)
            case b"+":
                return Status(rest)
            case b"-":
                return Refusal(rest.decode("latin-1"))
            case b":":
                return _number(rest)
            case b"*" if depth < _DEEPEST:
                count = _number(rest)
                return None if count < 0 else [self._reply(depth + 1) for _ in range(count)]
        raise Rubbish(f'Protocol error, got "{_shown(kind)}" as reply type byte')

    def _line(self) -> bytes:
        while (end := self._octets.find(b"\r\n", self._at)) < 0:
            first = self._octets[self._at : self._at + 1]
            if first and first not in b"+-:$*":
                return first
            self._receive()
        line = self._octets[self._at : end]
        self._at = end + 2
        return line

    def _data(self, length: int) -> bytes:
        while len(self._octets) < self._at + length + 2:
            self._receive()
        start = self._at
        self._at += length + 2
        return self._octets[start : start + length]

    def _receive(self) -> None:
        if len(self._octets) - self._at > _LONGEST:
            raise Rubbish("Protocol error, too long a reply")
        self._octets = self._octets[self._at :] + self._stream.receive_more()
        self._at = 0


def _number(text: bytes) -> int:
    if not text.removeprefix(b"-").isdigit() or len(text) > 20:
        raise Rubbish("Protocol error, bad integer value")
    return int(text)


def _shown(octet: bytes) -> str:
    char = octet.decode("latin-1")
    return char if char.isascii() and char.isprintable() else f"\\x{octet.hex()}"
