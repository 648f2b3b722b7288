"""Reads the files that an Exim built with SQLite in place of Berkeley DB keeps for ``dbm``: a table ``tbl`` with the
columns ``ky``, the key as xtext, and ``dat``.
"""

from __future__ import annotations

import re
from contextlib import closing

from eximconf.lookup.berkeley_db import NotReadable

SQLITE_MARK = b"SQLite format 3\0"
"""What such a file begins with."""
_ENCODED = re.compile(rb"\+([0-9A-Fa-f]{2})")


def sqlite_records(octets: bytes) -> dict[bytes, bytes]:
    """Keys and data of the file that *octets* are. Raises `NotReadable`."""
    import sqlite3

    with closing(sqlite3.connect(":memory:")) as connection:
        connection.text_factory = bytes
        try:
            connection.deserialize(octets)
            rows = connection.execute("select ky, dat from tbl").fetchall()
        except (sqlite3.Error, OverflowError):
            raise NotReadable from None
    return {_decoded(key): data for key, data in rows if isinstance(key, bytes) and isinstance(data, bytes)}


def _decoded(key: bytes) -> bytes:
    return _ENCODED.sub(lambda found: bytes((int(found[1], 16),)), key)
