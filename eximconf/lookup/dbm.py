"""``dbm``, ``dbmnz``, ``dbmjz``: a key in a Berkeley DB file, with or without a zero octet at its end.

Spec: 9.3.2 to 9.3.4. An Exim may also be built to keep such files with SQLite; which library wrote a file, the
file says itself. Those of other libraries (GDBM, NDBM, TDB) are not read.
"""

from __future__ import annotations

from collections.abc import Callable
from errno import EINVAL
from functools import lru_cache

from eximconf.lookup.berkeley_db import NotReadable, records
from eximconf.lookup.dbm_sqlite import SQLITE_MARK, sqlite_records
from eximconf.lookup.model import Backend, Finder, Question, Style
from eximconf.lookup.stored_file import FileReader
from eximconf.runtime.list_text import split


def _zero(key: str) -> str:
    return key + "\0"


def _no_zero(key: str) -> str:
    return key


def _joined(key: str) -> str:
    """The items of the list *key* with a zero octet between them."""
    return "\0".join(split(key)[0])


@lru_cache(maxsize=16)
def _records(text: str) -> dict[bytes, bytes] | NotReadable:
    octets = text.encode("latin-1")
    try:
        return sqlite_records(octets) if octets.startswith(SQLITE_MARK) else records(octets)
    except NotReadable as fault:
        return fault


_READER = FileReader("dbm", "{} as a db (v4.1+) file", _records, lasting=True)


def _opener(coded: Callable[[str], str]) -> Callable[[Question], Finder]:
    def opened(question: Question) -> Finder:
        found = _READER.load(question)
        if isinstance(found, NotReadable):
            raise _READER.cannot_open(question.file, OSError(EINVAL, "Invalid argument"))

        def find(key: str) -> str | None:
            wanted = coded(key).encode("latin-1")
            data = found.get(wanted) if wanted else None
            return None if data is None else data.partition(b"\0")[0].decode("latin-1")

        return find

    return opened


BACKENDS = {
    "dbm": Backend(_opener(_zero), Style.KEY, lasting=True),
    "dbmjz": Backend(_opener(_joined), Style.KEY, lasting=True),
    "dbmnz": Backend(_opener(_no_zero), Style.KEY, lasting=True),
}
