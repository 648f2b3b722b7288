"""Queries to MySQL and MariaDB servers and their results, read from the socket. Source: the description of the
client/server protocol of MySQL 4.1 and later ("COM_QUERY Response", text protocol).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eximconf.lookup.stream import Stream

LONGEST_QUERY = 0xFFFFFF - 1
_LONGEST = 1 << 28
_QUERY = b"\x03"
_OK, _FILE_WANTED, _ERROR = 0x00, 0xFB, 0xFF
_NULL, _END = 0xFB, 0xFE
_SHORT_END = 9
_MORE_RESULTS = 0x0008


class SqlError(Exception):
    """The server refuses a query; *code*: the number of its error, *text* in its own words."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Nonsense(Exception):
    """What came is not of the protocol."""


class Result(NamedTuple):
    """*names* of columns and the *rows*, or, without columns, how many rows a statement has *affected*."""

    names: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    affected: int = 0


class ResultReader:
    """Asks and reads results on *stream*."""

    __slots__ = ("_at", "_octets", "_stream")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._octets = b""
        self._at = 0

    def ask(self, query: bytes) -> Result:
        """The first result of *query*, which has no more than `LONGEST_QUERY` octets. Raises what `Stream` raises,
        `SqlError`, `Nonsense`."""
        self._octets, self._at = b"", 0
        self._stream.send((len(query) + 1).to_bytes(3, "little") + b"\0" + _QUERY + query)
        self._octets = self._stream.receive()
        try:
            first, more = self._result()
            while more:
                _, more = self._result()
        except (IndexError, ValueError):
            raise Nonsense from None
        return first

    def _result(self) -> tuple[Result, bool]:
        """A result, and whether there is another."""
        packet = self._packet()
        kind = packet[0]
        if kind == _OK:
            affected, at = _number(packet, 1)
            _, at = _number(packet, at)
            return Result((), (), affected), _has_more(packet, at)
        if kind == _ERROR:
            raise _error(packet)
        if kind == _FILE_WANTED:  # a file of ours, which nobody has offered
            raise Nonsense
        count, _ = _number(packet, 0)
        names = [_name(self._packet()) for _ in range(count)]
        if not _is_end(self._packet()):
            raise Nonsense
        rows: list[Sequence[str | None]] = []
        while not _is_end(packet := self._packet()):
            if packet[0] == _ERROR:
                raise _error(packet)
            rows.append(_row(packet, count))
        return Result(names, rows), _has_more(packet, 3)

    def _packet(self) -> bytes:
        """The next packet, which has at least one octet."""
        whole = b""
        while True:
            at = self._at
            while len(self._octets) < at + 4:
                at = self._receive()
            size = int.from_bytes(self._octets[at : at + 3], "little")
            while len(self._octets) < at + 4 + size:
                at = self._receive()
            self._at = at + 4 + size
            part = self._octets[at + 4 : self._at]
            if size < 0xFFFFFF:
                return whole + part if whole else part
            whole += part
            if len(whole) > _LONGEST:
                raise Nonsense

    def _receive(self) -> int:
        """Take more octets; where the packet at hand begins in them."""
        self._octets = self._octets[self._at :] + self._stream.receive_more()
        self._at = 0
        return 0


def _is_end(packet: bytes) -> bool:
    return packet[0] == _END and len(packet) < _SHORT_END


def _has_more(packet: bytes, at: int) -> bool:
    return bool(int.from_bytes(packet[at : at + 2], "little") & _MORE_RESULTS)


def _error(packet: bytes) -> SqlError:
    """The error of *packet*: behind the number may stand a mark and a state of five octets."""
    code = int.from_bytes(packet[1:3], "little")
    text = packet[9:] if packet[3:4] == b"#" else packet[3:]
    return SqlError(code, text.decode("latin-1"))


def _number(packet: bytes, at: int) -> tuple[int, int]:
    """The number at *at*, and where it ends."""
    first = packet[at]
    if first < _NULL:
        return first, at + 1
    size = {0xFC: 2, 0xFD: 3, 0xFE: 8}.get(first)
    if size is None:
        raise Nonsense
    return int.from_bytes(packet[at + 1 : at + 1 + size], "little"), at + 1 + size


def _name(packet: bytes) -> str:
    """The name of the column that *packet* describes: the fifth text in it."""
    at = 0
    for _ in range(4):
        size, at = _number(packet, at)
        at += size
    size, at = _number(packet, at)
    return packet[at : at + size].decode("latin-1")


def _row(packet: bytes, count: int) -> Sequence[str | None]:
    values: list[str | None] = []
    at = 0
    for _ in range(count):
        if packet[at] == _NULL:
            values.append(None)
            at += 1
            continue
        size, at = _number(packet, at)
        values.append(packet[at : at + size].decode("latin-1"))
        at += size
    if at != len(packet):
        raise Nonsense
    return values
