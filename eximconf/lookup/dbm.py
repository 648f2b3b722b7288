"""``dbm``, ``dbmnz``, ``dbmjz``: Berkeley DB files of any of its kinds. Spec: 9.3.2 to 9.3.4.

They are read with the package `berkeleydb`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from eximconf.lookup.model import NOT_FOUND, Backend, Finder, LookupAnswer, Question, Style
from eximconf.lookup.searches import Searches
from eximconf.lookup.stored_file import files_of, open_failed
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import ExpansionFailed

_OPENING = "{} as a db (v4.1+) file"


class Database(Protocol):
    """An open database, as the binding has it."""

    def get(self, key: bytes) -> bytes | None: ...

    def close(self) -> object: ...


def _zero(key: str) -> bytes:
    return key.encode("latin-1") + b"\0"


def _no_zero(key: str) -> bytes:
    return key.encode("latin-1")


def _joined(key: str) -> bytes:
    """The items of the list *key* with a zero octet between them."""
    return "\0".join(split(key)[0]).encode("latin-1")


def _opener(coded: Callable[[str], bytes]) -> Callable[[Question], Finder]:
    def opened(question: Question) -> Finder:
        database = _database(question)

        def find(key: str) -> LookupAnswer:
            wanted = coded(key)
            data = database.get(wanted) if wanted else None
            return NOT_FOUND if data is None else LookupAnswer(data.partition(b"\0")[0].decode("latin-1"))

        return find

    return opened


def _database(question: Question) -> Database:
    """The open file, shared by the three types and opened again when it has changed."""
    files, searches = files_of(question), Searches.of(question.ctx.services)
    source = ("dbm", question.file)
    try:
        stamp = files.stamp(question.file)
        found = searches.store(source, stamp)
        if found is not None:
            return found  # type: ignore[return-value]
        database = _opened(files.locate(question.file))
    except OSError as error:
        raise open_failed(_OPENING.format(question.file), error) from None
    return searches.keep_store(source, stamp, database, database.close)


def _opened(path: str) -> Database:
    try:
        from berkeleydb import db
    except ImportError:
        raise ExpansionFailed("dbm look-ups need the Python package berkeleydb") from None
    database: Any = db.DB()
    try:
        database.open(path.encode("latin-1"), None, db.DB_UNKNOWN, db.DB_RDONLY)
    except db.DBError as error:
        database.close()
        raise OSError(error.args[0], _reason(error)) from None
    result: Database = database
    return result


def _reason(error: Exception) -> str:
    return str(error.args[1]).partition(" -- ")[0] if len(error.args) > 1 else str(error)


BACKENDS = {
    "dbm": Backend(_opener(_zero), Style.KEY, remembered=False),
    "dbmjz": Backend(_opener(_joined), Style.KEY, remembered=False),
    "dbmnz": Backend(_opener(_no_zero), Style.KEY, remembered=False),
}
