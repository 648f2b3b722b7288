"""Makes constant databases. The format: see eximconf/lookup/cdb.py."""

from __future__ import annotations

from collections.abc import Iterable
from struct import pack


def cdb_octets(records: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A database of *records*, pairs of key and data."""
    tables: list[list[tuple[int, int]]] = [[] for _ in range(256)]
    body, at = bytearray(), 2048
    for key, data in records:
        number = 5381
        for octet in key:
            number = (number * 33 & 0xFFFFFFFF) ^ octet
        tables[number % 256].append((number, at + len(body)))
        body += pack("<II", len(key), len(data)) + key + data
    header = bytearray()
    for table in tables:
        size = 2 * len(table)
        slots = [(0, 0)] * size
        for number, record in table:
            slot = (number >> 8) % size
            while slots[slot] != (0, 0):
                slot = (slot + 1) % size
            slots[slot] = (number, record)
        header += pack("<II", at + len(body), size)
        body += b"".join(pack("<II", *slot) for slot in slots)
    return bytes(header + body)
