"""Commands to a Redis server and its replies, of which Exim's library tells more than the package redis does: whether a
text is a status, and an error in full. Source: the protocol RESP, version 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from eximconf.lookup.stream import Stream

_LONGEST = 1 << 26
_DEEPEST = 8


MOST_WORDS = 32
_COUNTS = [b"*%d\r\n" % count for count in range(MOST_WORDS + 1)]
_MARKED = 256
_MARKS = [b"$%d\r\n" % size for size in range(_MARKED)]
"""What stands before a text, by the number of its octets."""


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
    """*command*, a name and arguments, no more than `MOST_WORDS` together, as it is sent."""
    octets = b""
    for word in command:
        size = len(word)
        octets += (_MARKS[size] if size < _MARKED else b"$%d\r\n" % size) + word + b"\r\n"
    return _COUNTS[len(command)] + octets


class ReplyReader:
    """Reads replies from *stream*."""

    __slots__ = ("_stream",)

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def read(self) -> Reply:
        """One reply. Raises what `Stream` raises, and `Rubbish`."""
        stream = self._stream
        if stream.at == 0:  # the usual reply, one text that came at once, without any ado
            octets = stream.octets
            start, end = octets.find(b"\n") + 1, len(octets) - 2
            if 0 <= end - start < _MARKED and octets.startswith(_MARKS[end - start]):
                stream.at = end + 2
                return octets[start:end]
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
        stream = self._stream
        while (end := stream.octets.find(b"\r\n", stream.at)) < 0:
            first = stream.octets[stream.at : stream.at + 1]
            if first and first not in b"+-:$*":
                return first
            self._wait()
        line = stream.octets[stream.at : end]
        stream.at = end + 2
        return line

    def _data(self, length: int) -> bytes:
        stream = self._stream
        while len(stream.octets) < stream.at + length + 2:
            self._wait()
        start = stream.at
        stream.at += length + 2
        return stream.octets[start : start + length]

    def _wait(self) -> None:
        if len(self._stream.octets) - self._stream.at > _LONGEST:
            raise Rubbish("Protocol error, too long a reply")
        self._stream.wait()


def _number(text: bytes) -> int:
    if not text.removeprefix(b"-").isdigit() or len(text) > 20:
        raise Rubbish("Protocol error, bad integer value")
    return int(text)


def _shown(octet: bytes) -> str:
    char = octet.decode("latin-1")
    return char if char.isascii() and char.isprintable() else f"\\x{octet.hex()}"
