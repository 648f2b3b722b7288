"""Reading the records out of a Berkeley DB file: hash tables and B-trees, of versions 3 to 18.

The file is taken apart here because the library crashes on a damaged one, and was seen (5.3.28) to write
to one that it had opened for reading.

A file is a row of pages. Each begins with a header: log position, own number, the page before and after it,
how many entries there are, where free space begins, level, type; then an array of positions of the entries.
The first page describes the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct, error
from typing import NamedTuple

_MAGIC = {0x061561: "hash", 0x053162: "btree"}
_HEADER = 26
_CHECKSUM = 6
_INTERNAL_TREE, _INTERNAL_RECORDS, _TREE_LEAF, _OVERFLOW = 3, 4, 5, 7
_HASH_PAGES = frozenset((0, 2, 13))  # 0: a page that was never used
_DUPLICATE_LEAVES = frozenset((6, 12))
_DEEPEST = 64


class NotReadable(Exception):
    """The file is damaged, or of a kind that is not read here."""


class Page(NamedTuple):
    """*at*: where its octets begin. *entries*: where its entries begin, from there."""

    at: int
    kind: int
    next: int
    entries: tuple[int, ...]


def records(octets: bytes) -> dict[bytes, bytes]:
    """The records of a file by key; of several for one key, the first. Raises `NotReadable`."""
    try:
        return _File(octets).records()
    except (error, IndexError, RecursionError):
        raise NotReadable("damaged") from None


class _File:
    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        kinds = {order: _MAGIC.get(Struct(order + "I").unpack_from(octets, 12)[0]) for order in "<>"}
        order = next((order for order, kind in kinds.items() if kind), None)
        if order is None:
            raise NotReadable("no hash table or B-tree")
        self._kind = kinds[order]
        self._word, self._half = Struct(order + "I"), Struct(order + "H")
        self._size = self._number(20)
        if self._size not in (1 << power for power in range(9, 17)):
            raise NotReadable("no page size")
        if octets[24]:
            raise NotReadable("encrypted")
        self._header = _HEADER + (_CHECKSUM if octets[26] & 1 else 0)

    def records(self) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for key, data in self._hash_records() if self._kind == "hash" else self._tree_records():
            found.setdefault(key, data)
        return found

    def _number(self, at: int) -> int:
        number: int = self._word.unpack_from(self._octets, at)[0]
        return number

    def _short(self, at: int) -> int:
        number: int = self._half.unpack_from(self._octets, at)[0]
        return number

    def _page(self, number: int) -> Page:
        at = number * self._size
        count = self._short(at + 20)
        if count * 2 + self._header > self._size:
            raise NotReadable("damaged")
        entries = tuple(self._short(at + self._header + 2 * index) for index in range(count))
        return Page(at, self._octets[at + 25], self._number(at + 16), entries)

    def _cut(self, start: int, length: int) -> bytes:
        if length < 0 or start + length > len(self._octets):
            raise NotReadable("damaged")
        return self._octets[start : start + length]

    def _hash_records(self) -> Iterator[tuple[bytes, bytes]]:
        seen: set[int] = set()
        for bucket in range(self._number(72) + 1):
            # Buckets come in groups of 1, 1, 2, 4, 8 …; for each there is what to add for the number of a page.
            number = bucket + self._number(96 + 4 * bucket.bit_length())
            while number and number not in seen:
                seen.add(number)
                page = self._page(number)
                if page.kind not in _HASH_PAGES:
                    raise NotReadable("damaged")
                for index in range(0, len(page.entries) - 1, 2):
                    yield self._hash_item(page, index), self._hash_item(page, index + 1)
                number = page.next

    def _hash_item(self, page: Page, index: int) -> bytes:
        """An item of a hash page, which ends where the one before it begins."""
        start = page.entries[index]
        end = page.entries[index - 1] if index else self._size
        at = page.at + start
        match self._octets[at]:
            case 1:
                return self._cut(at + 1, end - start - 1)
            case 2:
                return self._cut(at + 3, self._short(at + 1))
            case 3:
                return self._long(self._number(at + 4), self._number(at + 8))
            case 4:
                return self._first_duplicate(self._number(at + 4))
        raise NotReadable("damaged")

    def _tree_records(self) -> Iterator[tuple[bytes, bytes]]:
        number = self._first_leaf(self._number(88))
        seen: set[int] = set()
        while number and number not in seen:
            seen.add(number)
            page = self._page(number)
            if page.kind != _TREE_LEAF:
                raise NotReadable("damaged")
            for key, data in zip(page.entries[::2], page.entries[1::2], strict=False):
                if not self._octets[page.at + data + 2] & 0x80:  # it has been deleted
                    yield self._tree_item(page.at + key), self._tree_item(page.at + data)
            number = page.next

    def _first_leaf(self, number: int) -> int:
        """The leftmost leaf below page *number*."""
        for _ in range(_DEEPEST):
            page = self._page(number)
            if page.kind == _INTERNAL_TREE:
                number = self._number(page.at + page.entries[0] + 4)
            elif page.kind == _INTERNAL_RECORDS:
                number = self._number(page.at + page.entries[0])
            else:
                return number
        raise NotReadable("damaged")

    def _tree_item(self, at: int) -> bytes:
        match self._octets[at + 2] & 0x7F:
            case 1:
                return self._cut(at + 3, self._short(at))
            case 2:
                return self._first_duplicate(self._number(at + 4))
            case 3:
                return self._long(self._number(at + 4), self._number(at + 8))
        raise NotReadable("damaged")

    def _first_duplicate(self, number: int) -> bytes:
        """The first of the data that stand on pages of their own, for a key that has many."""
        page = self._page(self._first_leaf(number))
        if page.kind not in _DUPLICATE_LEAVES:
            raise NotReadable("damaged")
        return self._tree_item(page.at + page.entries[0])

    def _long(self, number: int, length: int) -> bytes:
        """An item of *length* octets that is spread over pages of its own."""
        if length > len(self._octets):
            raise NotReadable("damaged")
        parts = []
        while length > 0:
            at = number * self._size
            if self._octets[at + 25] != _OVERFLOW:
                raise NotReadable("damaged")
            part = self._cut(at + self._header, min(self._short(at + 22), length))
            if not part:
                raise NotReadable("damaged")
            parts.append(part)
            length -= len(part)
            number = self._number(at + 16)
        return b"".join(parts)
