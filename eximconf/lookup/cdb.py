"""``cdb``: a constant database, a file of hash tables that is made once and only read. Spec: 9.3.1.

The format is Dan Bernstein's: 256 pairs of position and size of a hash table, the records (two lengths, key,
data), the tables (hash, position of the record; 0 for a free slot). All numbers have 32 bits, the low
octet first.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct

from eximconf.lookup.model import Backend, Finder, Question, Style
from eximconf.lookup.stored_file import FileReader, open_failed
from eximconf.runtime.outcome import Deferred

_PAIR = Struct("<II")
_HEADER = 256 * _PAIR.size


class Damaged(Exception):
    """A position in the file points outside it."""


class ConstantDatabase:
    """The octets of a file, and how to find a key in them."""

    __slots__ = ("_octets",)

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def is_short(self) -> bool:
        """Whether not even the first 256 pairs are there."""
        return len(self._octets) < _HEADER

    def get(self, key: bytes) -> bytes | None:
        """The data of the first record for *key*. Raises `Damaged`."""
        number = _hash(key)
        table, size = self._pair(number % 256 * _PAIR.size)
        if size and table + size * _PAIR.size > len(self._octets):
            raise Damaged
        for step in range(size):
            slot = ((number >> 8) + step) % size
            found, record = self._pair(table + slot * _PAIR.size)
            if record == 0:
                return None
            if found == number:
                data = self._record(record, key)
                if data is not None:
                    return data
        return None

    def _record(self, at: int, key: bytes) -> bytes | None:
        """The data of the record at *at*, if its key is *key*."""
        key_size, data_size = self._pair(at)
        start = at + _PAIR.size
        if key_size != len(key) or self._octets[start : start + key_size] != key:
            return None
        end = start + key_size + data_size
        if end > len(self._octets):
            raise Damaged
        return self._octets[start + key_size : end]

    def _pair(self, at: int) -> tuple[int, int]:
        if at + _PAIR.size > len(self._octets):
            raise Damaged
        first, second = _PAIR.unpack_from(self._octets, at)
        return first, second


def _hash(key: bytes) -> int:
    number = 5381
    for octet in key:
        number = (number * 33 & 0xFFFFFFFF) ^ octet
    return number


@lru_cache(maxsize=16)
def _database(text: str) -> ConstantDatabase:
    return ConstantDatabase(text.encode("latin-1"))


_READER = FileReader("cdb", "{} for cdb lookup", _database, lasting=True)


def _open(question: Question) -> Finder:
    path = question.file
    database = _READER.load(question)
    if database.is_short():
        raise open_failed(f"{path} too short for cdb lookup", OSError(0, "Success"))

    def find(key: str) -> str | None:
        try:
            data = database.get(key.encode("latin-1"))
        except Damaged:
            raise Deferred(f"cdb: corrupt cdb file {path} (too short)") from None
        return None if data is None else data.partition(b"\0")[0].decode("latin-1")

    return find


BACKENDS = {"cdb": Backend(_open, Style.KEY, lasting=True)}
