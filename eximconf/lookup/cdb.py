"""``cdb``: a constant database, a file of hash tables that is made once and only read. Spec: 9.3.1.

The format is Dan Bernstein's: 256 pairs of position and size of a hash table, the records (two lengths, key,
data), the tables (hash, position of the record; 0 for a free slot). All numbers have 32 bits, the low
octet first.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct, error, unpack

from eximconf.lookup.model import Backend, Finder, Question, Style
from eximconf.lookup.stored_file import FileReader, open_failed
from eximconf.runtime.outcome import Deferred

_PAIR = Struct("<II")
_PAIR_SIZE = _PAIR.size
_HEADER = 256 * _PAIR_SIZE
_LARGE = 1 << 24
"""Octets of a file from which on its records are not all kept in memory."""
_SELDOM = 16
"""When one in so many records has been asked for, all of them are read; a record takes a quarter of a look-up."""


class Damaged(Exception):
    """A position in the file points outside it."""


class ConstantDatabase:
    """The octets of a file, and how to find a key in them.

    To hash a key takes long. In a file that is asked again and again, each record that stands in a table is taken
    for one that the hash of its key leads to, and found by the key itself.
    """

    __slots__ = ("_octets", "_records", "_seldom", "_tables", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._octets = text.encode("latin-1")
        self._tables = [] if self.is_short() else list(_PAIR.iter_unpack(self._octets[:_HEADER]))
        self._records: dict[str, str] | None = None
        slots = sum(size for _, size in self._tables)
        self._seldom = max(1, slots // 2 // _SELDOM)  # half of the slots are free

    def is_short(self) -> bool:
        """Whether not even the first 256 pairs are there."""
        return len(self._octets) < _HEADER

    def get(self, key: str) -> str | None:
        """The data of the first record for *key*. Raises `Damaged`."""
        if self._records is not None:
            return self._records.get(key)
        self._seldom -= 1
        if self._seldom == 0 and len(self._text) < _LARGE:
            self._records = self._all_records()
        return self._hashed(key.encode("latin-1"))

    def _hashed(self, key: bytes) -> str | None:
        number = _hash(key)
        table, size = self._tables[number & 0xFF]
        if size and table + size * _PAIR_SIZE > len(self._octets):
            raise Damaged
        first = number >> 8
        for slot in range(first, first + size):
            found, record = self._pair(table + slot % size * _PAIR_SIZE)
            if record == 0:
                return None
            if found == number:
                data = self._record(record, key)
                if data is not None:
                    return data
        return None

    def _record(self, at: int, key: bytes) -> str | None:
        """The data of the record at *at*, if its key is *key*."""
        key_size, data_size = self._pair(at)
        start = at + _PAIR_SIZE
        if key_size != len(key) or not self._octets.startswith(key, start):
            return None
        start += key_size
        if start + data_size > len(self._text):
            raise Damaged
        return self._text[start : start + data_size]

    def _pair(self, at: int) -> tuple[int, int]:
        try:
            first, second = _PAIR.unpack_from(self._octets, at)
        except error:
            raise Damaged from None
        return first, second

    def _all_records(self) -> dict[str, str] | None:
        """All records by key, the first one of each; None if something is `Damaged`."""
        octets, text, pair, length = self._octets, self._text, _PAIR.unpack_from, len(self._octets)
        slots = b"".join([octets[at : at + size * _PAIR_SIZE] for at, size in self._tables])
        records: dict[str, str] = {}
        try:
            places = set(unpack(f"<{sum(size for _, size in self._tables) * 2}I", slots)[1::2])
            for at in sorted(places - {0}, reverse=True):
                key_size, data_size = pair(octets, at)
                middle = at + _PAIR_SIZE + key_size
                if middle + data_size > length:
                    return None
                records[text[at + _PAIR_SIZE : middle]] = text[middle : middle + data_size]
        except error:
            return None
        return records


def _hash(key: bytes) -> int:
    number = 5381
    for octet in key:
        number = (number * 33 & 0xFFFFFFFF) ^ octet
    return number


@lru_cache(maxsize=16)
def _database(text: str) -> ConstantDatabase:
    return ConstantDatabase(text)


_READER = FileReader("cdb", "{} for cdb lookup", _database, lasting=True)


def _open(question: Question) -> Finder:
    path = question.file
    database = _READER.load(question)
    if database.is_short():
        raise open_failed(f"{path} too short for cdb lookup", OSError(0, "Success"))

    def find(key: str) -> str | None:
        try:
            data = database.get(key)
        except Damaged:
            raise Deferred(f"cdb: corrupt cdb file {path} (too short)") from None
        return None if data is None else data.partition("\0")[0]

    return find


BACKENDS = {"cdb": Backend(_open, Style.KEY, lasting=True)}
