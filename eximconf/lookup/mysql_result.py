"""Queries to MySQL and MariaDB servers and their results, read from the socket. Source: the description of the
client/server protocol of MySQL 4.1 and later ("COM_QUERY Response", text protocol).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eximconf.lookup.stream import Stream

LONGEST_QUERY = 0xFFFFFF - 1
_LONGEST = 1 << 28
_FULL = 0xFFFFFF
"""Octets of a packet that goes on in the next one."""
_QUERY = b"\0\x03"
_ONE_COLUMN = b"\1\0\0\1\1"
"""The first packet of a result with a column."""
_SHORTEST = 32
_UNNAMED = ("",)
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

    __slots__ = ("_stream",)

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def ask(self, query: bytes) -> str | Result:
        """The first result of *query*, which has no more than `LONGEST_QUERY` octets; the text alone, if there is only
        one. Raises what `Stream` raises, `SqlError`, `Nonsense`."""
        self._stream.ask((len(query) + 1).to_bytes(3, "little") + _QUERY + query)
        try:
            text = _only_text(self._stream.octets)
            if text is not None:
                self._stream.at = len(self._stream.octets)
                return text
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
        columns = [self._packet() for _ in range(count)]
        if not _is_end(self._packet()):
            raise Nonsense
        # The name of a single column shows nowhere.
        names = [_name(column) for column in columns] if count > 1 else _UNNAMED
        rows: list[Sequence[str | None]] = []
        while not _is_end(packet := self._packet()):
            if packet[0] == _ERROR:
                raise _error(packet)
            rows.append(_row(packet, count))
        return Result(names, rows), _has_more(packet, 3)

    def _packet(self) -> bytes:
        """The next packet, which has at least one octet."""
        stream = self._stream
        octets, start = stream.octets, stream.at + 4
        end = start + int.from_bytes(octets[start - 4 : start - 1], "little")
        if start < end <= len(octets) and end - start < _FULL:
            stream.at = end
            return octets[start:end]
        return self._long_packet()

    def _long_packet(self) -> bytes:
        """The same if it has not come as a whole yet, or in several parts."""
        stream, whole = self._stream, b""
        while True:
            while len(stream.octets) < stream.at + 4:
                stream.wait()
            size = int.from_bytes(stream.octets[stream.at : stream.at + 3], "little")
            while len(stream.octets) < stream.at + 4 + size:
                stream.wait()
            start = stream.at + 4
            stream.at = start + size
            whole += stream.octets[start : stream.at]
            if size < _FULL:
                return whole
            if len(whole) > _LONGEST:
                raise Nonsense


def _only_text(octets: bytes) -> str | None:
    """The text in the usual answer, a row of one column with a short text that comes all at once. It takes five
    packets: the number of columns, the column, an end, the row, an end."""
    if not octets.startswith(_ONE_COLUMN) or len(octets) < _SHORTEST:
        return None
    row = 18 + octets[5]
    size = octets[row] if row < len(octets) else 0
    end = row + 4 + size
    if (
        len(octets) == end + 9
        and octets[6:9] == b"\0\0\2"
        and octets.startswith(b"\5\0\0\3\xfe", row - 9)
        and octets.startswith(b"\0\0\4", row + 1)
        and octets[row + 4] == size - 1 < _NULL
        and octets.startswith(b"\5\0\0\5\xfe", end)
        and not octets[end + 7] & _MORE_RESULTS
    ):
        return octets[row + 5 : end].decode("latin-1")
    return None


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
    if count == 1 and packet[0] == len(packet) - 1 and packet[0] < _NULL:  # the usual one
        return (packet[1:].decode("latin-1"),)
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
