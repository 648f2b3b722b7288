"""Write the database files of ``data`` anew: ``python tests/lookup/make_databases.py``.

They are kept in the repository so that the tests need no library to make them. This needs the packages
berkeleydb and lmdb.
"""

from __future__ import annotations

import os
from pathlib import Path

import lmdb
from berkeleydb import db
from stores import DATA, RECORDS


def make_hash(path: Path, end: bytes) -> None:
    """As ``exim_dbmbuild`` writes it; *end*: a zero octet behind keys and data, or none."""
    database = _new(path, db.DB_HASH, 0, 4096)
    for key, data in RECORDS:
        if not database.has_key(key + end):
            database.put(key + end, data + end)
    database.put(b"joined\0key" + end, b"by a list" + end)
    database.close()


def make_tree(path: Path) -> None:
    """Inner pages, data on pages of their own, several data for a key."""
    database = _new(path, db.DB_BTREE, db.DB_DUP, 512)
    for number in range(120):
        database.put(b"key%d" % number, b"value %d" % number)
    database.put(b"long", b"long " * 1000)
    for number in range(3):
        database.put(b"twice", b"%d of several" % number)
    for number in range(100):
        database.put(b"often", b"%d of many" % number)
    database.delete(b"key7")
    database.close()


def make_large_hash(path: Path) -> None:
    """Many buckets, data on pages of their own, several data for a key, the other order of octets."""
    database = _new(path, db.DB_HASH, db.DB_DUP, 512, 4321)
    for number in range(150):
        database.put(b"key%d" % number, b"value %d" % number)
    database.put(b"long", b"long " * 1000)
    for number in range(3):
        database.put(b"twice", b"%d of several" % number)
    for number in range(60):
        database.put(b"often", b"%d of many" % number)
    database.delete(b"key7")
    database.close()


def _new(path: Path, kind: int, flags: int, page: int, order: int = 1234) -> db.DB:
    path.unlink(missing_ok=True)
    database = db.DB()
    database.set_pagesize(page)
    database.set_lorder(order)
    if flags:
        database.set_flags(flags)
    database.open(os.fsencode(path), None, kind, db.DB_CREATE)
    return database


def make_lmdb(path: Path) -> None:
    path.unlink(missing_ok=True)
    environment = lmdb.open(os.fspath(path), subdir=False, map_size=1 << 20, lock=False)
    with environment.begin(write=True) as transaction:
        for key, data in RECORDS:
            transaction.put(key, data, overwrite=False)
    environment.close()


if __name__ == "__main__":
    make_hash(DATA / "records.dbm", b"\0")
    make_hash(DATA / "records.dbmnz", b"")
    make_tree(DATA / "tree.dbmnz")
    make_large_hash(DATA / "large.dbmnz")
    make_lmdb(DATA / "records.lmdb")
