"""``lmdb``: a Lightning memory-mapped database in one file. Spec: 9.3.8. It is read with the package `lmdb`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from weakref import WeakValueDictionary

from eximconf.lookup.model import Backend, CannotOpen, Finder, Question, Style
from eximconf.lookup.searches import Searches
from eximconf.lookup.stored_file import files_of
from eximconf.runtime.outcome import Deferred, ExpansionFailed

if TYPE_CHECKING:
    import lmdb


class Environment:
    """An open database. A process may open each file only once, so that runs share it."""

    __slots__ = ("__weakref__", "_environment")

    def __init__(self, environment: lmdb.Environment) -> None:
        self._environment = environment

    def get(self, key: bytes) -> bytes | None:
        """The data for *key*. Raises `lmdb.Error`."""
        transaction = self._environment.begin()
        try:
            found: bytes | None = transaction.get(key)
        finally:
            transaction.abort()
        return found

    def __del__(self) -> None:
        self._environment.close()


_OPEN: WeakValueDictionary[tuple[int, int], Environment] = WeakValueDictionary()
"""The environments in use, by device and inode of the file."""


def _open(question: Question) -> Finder:
    try:
        import lmdb
    except ImportError:
        raise ExpansionFailed("lmdb look-ups need the Python package lmdb") from None
    environment = _environment(question)

    def find(key: str) -> str | None:
        try:
            data = environment.get(key.encode("latin-1"))
        except lmdb.Error as error:
            raise Deferred(f"LMDB: lookup error: {_reason(error, '')}") from None
        return None if data is None else data.partition(b"\0")[0].decode("latin-1")

    return find


def _environment(question: Question) -> Environment:
    searches, source = Searches.of(question.ctx.services), (question.kind, question.file)
    kept = searches.store(source, None)
    if kept is not None:
        return cast("Environment", kept)
    return searches.keep_store(source, None, _opened(question))


def _opened(question: Question) -> Environment:
    import lmdb

    files, path = files_of(question), question.file
    try:
        status = files.stat(path)
        where = files.locate(path)
        identity = (status.st_dev, status.st_ino)
        environment = _OPEN.get(identity)
        if environment is None:
            opened = lmdb.open(where, subdir=False, readonly=True, create=False, lock=False, max_readers=1)
            environment = _OPEN[identity] = Environment(opened)
    except OSError as error:
        raise _cannot_open(path, error.strerror or "No such file or directory") from None
    except lmdb.Error as error:
        raise _cannot_open(path, _reason(error, where)) from None
    return environment


def _cannot_open(path: str, reason: str) -> CannotOpen:
    return CannotOpen(f"LMDB: Unable to open environment with {path}: {reason}")


def _reason(error: Exception, path: str) -> str:
    """The library's words for *error*, without what the binding puts before them."""
    text = str(error)
    if path:
        text = text.removeprefix(f"{path}: ")
    return text.removeprefix("mdb_get: ")


BACKENDS = {"lmdb": Backend(_open, Style.KEY, lasting=True)}
