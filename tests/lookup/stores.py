"""The folder that look-up cases use: the text files of ``data``, and stores that are made from lists here."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from cdb_file import cdb_octets

DATA = Path(__file__).parent / "data"
RECORDS = [
    (b"key", b"value"),
    (b"key", b"second value"),
    (b"Key", b"capital"),
    (b"*.b.c", b"below"),
    (b"*", b"any"),
    (b"empty", b""),
    (b"zero", b"a\0b"),
    (b"high\xff", b"octets \xfe"),
]
TABLES = """
    create table box (name text, owner, quota);
    insert into box values ('plain', 'anna', 1), ('two words', 'q"u\\', 2.50), ('', null, 3);
    insert into box values ('line' || char(10) || 'end', '"s', x'4100ff'), ('tab' || char(9), 'b\\s', 1e20);
    create table one (v);
    insert into one values ('only'), (null), ('');
"""


def fill(folder: str) -> None:
    """Make *folder*. ``@data@`` in its text files stands for itself there."""
    shutil.copytree(DATA, folder)
    for path in Path(folder).iterdir():
        path.write_bytes(path.read_bytes().replace(b"@data@", os.fsencode(folder)))
    _make_directory(Path(folder, "folder"))
    _make_cdb(Path(folder, "records.cdb"))
    _make_sqlite(Path(folder, "boxes.sqlite"))
    _make_sqlite_dbm(Path(folder, "records.sqlite"))


def _make_sqlite_dbm(path: Path) -> None:
    """What an Exim built with SQLite in place of Berkeley DB has for ``dbm``."""
    connection = sqlite3.connect(path)
    connection.execute("create table tbl (ky text primary key, dat blob)")
    rows = [
        ("testid+00example+00userPassword", b"secret\0"),
        ("key", b"value"),
        ("key+00", b"with a zero\0"),
    ]
    connection.executemany("insert into tbl values (?, ?)", rows)
    connection.commit()
    connection.close()


def _make_directory(folder: Path) -> None:
    (folder / "sub").mkdir(parents=True)
    for name in ("file", ".hidden", "sub/inner"):
        (folder / name).touch()
    for name, target in (("link", "file"), ("sublink", "sub"), ("dangling", "nowhere")):
        (folder / name).symlink_to(target)


def _make_cdb(path: Path) -> None:
    octets = cdb_octets(RECORDS)
    path.write_bytes(octets)
    path.with_name("cut.cdb").write_bytes(octets[:2100])
    path.with_name("zeros.cdb").write_bytes(bytes(2048))


def _make_sqlite(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(TABLES)
    connection.close()
