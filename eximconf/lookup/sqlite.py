"""``sqlite``: SQL statements for a database file. Spec: 9.13.5.

All statements of a query are run; the rows of all of them are the result. A statement that fails makes the
look-up find nothing, whatever was done before it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, cast

from eximconf.lookup.columns import row_text
from eximconf.lookup.model import Answer, Backend, CannotOpen, Finder, LookupAnswer, Question, Style
from eximconf.lookup.searches import Searches
from eximconf.lookup.stored_file import files_of
from eximconf.runtime.machine import strtol
from eximconf.runtime.services import Files
from eximconf.runtime.value import untaint

_TOKEN = re.compile(
    r"""'[^']*'?|"[^"]*"?|`[^`]*`?|\[[^\]]*\]?|--[^\n]*|/\*.*?(?:\*/|\Z)|;|[^;'"`\[/-]+|.""", re.DOTALL
)
_TRIGGER = re.compile(r"\s*(?:explain\s+)?create\s+(?:temp\s+|temporary\s+)?trigger\b", re.IGNORECASE)
_LOCK_TIMEOUT = 5


def _open(question: Question) -> Finder:
    connection = _connection(question)
    cursor, files = connection.cursor(), files_of(question)

    def find(query: str) -> Answer:
        if "attach" in query.lower():
            connection.set_authorizer(_only_files_of(files))
        rows: list[str] = []
        try:
            for statement in _statements(query):
                rows += _rows(cursor, statement)
        except (sqlite3.Error, sqlite3.Warning, UnicodeError, ValueError):
            return None
        # Without a row the query may have changed something: what is known is worth nothing then.
        return "\n".join(rows) if rows else LookupAnswer(None, 0)

    return find


def _connection(question: Question) -> sqlite3.Connection:
    settings, files = question.ctx.settings, files_of(question)
    path = question.file or settings.get("sqlite_dbfile", "")
    if path[:1] != "/":
        raise CannotOpen('absolute file name expected for "sqlite" lookup')
    searches, source = Searches.of(question.ctx.services), (question.kind, question.file)
    known = searches.store(source, None)
    if known is not None:
        return cast("sqlite3.Connection", known)
    timeout = strtol(settings.get("sqlite_lock_timeout", ""))[0] or _LOCK_TIMEOUT
    try:
        connection = _connected(files, path, timeout)
    except OSError:
        raise CannotOpen("unable to open database file") from None
    except sqlite3.Error as error:
        raise CannotOpen(str(error)) from None
    return searches.keep_store(source, None, connection, connection.close)


def _connected(files: Files, path: str, timeout: int) -> sqlite3.Connection:
    where = files.locate(path).encode("latin-1")
    connection = sqlite3.connect(
        where, timeout=timeout, isolation_level=None, check_same_thread=False, cached_statements=0
    )
    connection.text_factory = bytes
    return connection


def _only_files_of(files: Files) -> Any:
    """Keeps a query from opening a database that is no file of this run."""

    def authorize(action: int, first: str | None, *_rest: str | None) -> int:
        if action != sqlite3.SQLITE_ATTACH or first in (None, "", ":memory:"):
            return sqlite3.SQLITE_OK
        try:
            same = files.locate(first) == first
        except OSError:
            same = False
        return sqlite3.SQLITE_OK if same else sqlite3.SQLITE_DENY

    return authorize


def _statements(query: str) -> Iterable[str]:
    """The single statements of *query*, each with its semicolon."""
    text = untaint(query) if query.isascii() else query.encode("latin-1").decode("utf-8", "replace")
    return _separated(text) if ";" in text else (text,)


def _separated(text: str) -> Iterator[str]:
    start = 0
    for token in _TOKEN.finditer(text):
        if token[0] == ";":
            statement = text[start : token.end()]
            if _TRIGGER.match(statement) and not sqlite3.complete_statement(statement):
                continue
            start = token.end()
            yield statement
    yield text[start:]


def _rows(cursor: sqlite3.Cursor, statement: str) -> list[str]:
    rows = cursor.execute(statement).fetchall()
    if rows and len(rows[0]) == 1:
        return [_value(cursor, value) for (value,) in rows]
    names = [_octets(column[0]) for column in cursor.description or ()]
    return [row_text(names, [_value(cursor, value) for value in row]) for row in rows]


def _value(cursor: sqlite3.Cursor, value: str | bytes | int | float | None) -> str:
    """A column as the text that SQLite makes of it, up to an octet 0."""
    if isinstance(value, bytes):
        return value.partition(b"\0")[0].decode("latin-1")
    if isinstance(value, float):
        (text,) = cursor.execute("select cast(? as text)", (value,)).fetchone()
        return cast("bytes", text).decode("latin-1")
    return "<NULL>" if value is None else str(value)


def _octets(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("latin-1")


BACKENDS = {"sqlite": Backend(_open, Style.FILE_QUERY, lasting=True)}
