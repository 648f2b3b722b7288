"""The files that a session may read: those it has recorded, and those beside it and beside the configuration."""

from __future__ import annotations

import errno
import os
import posixpath
import stat
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from eximconf.replay.world.ledger import Ledger, toml_key
from eximconf.runtime.live import LiveFiles
from eximconf.runtime.services import Files

_MODE = 0o644


class _Entry(NamedTuple):
    """One recorded thing: a *text*, a real *path* that stands for it, a folder with *names*, or none of these."""

    text: str | None = None
    path: str | None = None
    names: tuple[str, ...] | None = None


class _Real(NamedTuple):
    """A real file, and who reads it."""

    files: Files
    path: str


class RecordedFiles:
    """A `Files` service.

    *folders*: real folders that may be read. *folder*: that of the session, to which the names of ``file`` and
    ``folder`` are relative. *live*: is asked for everything else, None: that is not recorded.
    """

    def __init__(self, folders: Sequence[str], folder: str, ledger: Ledger, live: Files | None = None) -> None:
        self._real = LiveFiles()
        self._folders = tuple(_prefix(one) for one in folders if _prefix(one) != "/")
        self._folder = folder
        self._ledger = ledger
        self._live = live
        self._entries: dict[str, _Entry] = {}
        self._mapped: dict[str, str] = {}

    def record(self, entries: Mapping[str, Any]) -> None:
        """Take the entries of a ``files`` table."""
        for name, value in entries.items():
            path = _normal(name)
            if isinstance(value, str):
                self._entries[path] = _Entry(text=value)
            elif not value:
                self._entries[path] = _Entry()
            elif "file" in value:
                self._entries[path] = _Entry(path=os.path.join(self._folder, value["file"]))
            elif "names" in value:
                self._entries[path] = _Entry(names=tuple(value["names"]))
            else:
                self._mapped[_prefix(path)] = os.path.join(self._folder, value["folder"])

    # The service

    def read(self, path: str) -> str:
        found = self._find(path)
        if isinstance(found, _Real):
            return found.files.read(found.path)
        if found.text is not None:
            return found.text
        raise _error(errno.EISDIR if self._names(path, found) is not None else errno.ENOENT, path)

    def stamp(self, path: str) -> object:
        found = self._find(path)
        if isinstance(found, _Real):
            return found.files.stamp(found.path)
        return path, self._status(path, found).st_size, found

    def list(self, path: str) -> Sequence[str]:
        found = self._find(path)
        if isinstance(found, _Real):
            return found.files.list(found.path)
        names = self._names(path, found)
        if names is None:
            raise _error(errno.ENOTDIR if found.text is not None else errno.ENOENT, path)
        return names

    def kind(self, path: str) -> str:
        found = self._find(path)
        if isinstance(found, _Real):
            return found.files.kind(found.path)
        return "dir" if stat.S_ISDIR(self._status(path, found).st_mode) else "file"

    def stat(self, path: str) -> os.stat_result:
        found = self._find(path)
        return found.files.stat(found.path) if isinstance(found, _Real) else self._status(path, found)

    def lstat(self, path: str) -> os.stat_result:
        found = self._find(path)
        return found.files.lstat(found.path) if isinstance(found, _Real) else self._status(path, found)

    def locate(self, path: str) -> str:
        found = self._find(path)
        if isinstance(found, _Real):
            return found.files.locate(found.path)
        raise _error(errno.ENOENT, path)

    # Where things are

    def _find(self, path: str) -> _Real | _Entry:
        """A real file that stands for *path*, or what is recorded of it. Raises `OSError`."""
        wanted = _normal(path)
        found = self._recorded(wanted)
        if found is not None:
            self._ledger.use("file", wanted)
            return found
        if self._allowed(wanted):
            return _Real(self._real, wanted)
        if self._names(wanted, _Entry()):
            return _Entry()
        if self._live is not None:
            return _Real(self._live, wanted)
        key = toml_key(wanted)
        self._ledger.miss(f"the file {wanted} is not recorded", "files", f'{key} = "..."', f"{key} = false")
        raise _error(errno.ENOENT, path)

    def _recorded(self, wanted: str) -> _Real | _Entry | None:
        entry = self._entries.get(wanted)
        if entry is not None:
            return entry if entry.path is None else _Real(self._real, entry.path)
        parent, _, name = wanted.rpartition("/")
        listed = self._entries.get(parent)
        if listed is not None and listed.names is not None:  # which is all that is in the folder
            return _Entry(text="") if name in listed.names else _Entry()
        for front, folder in self._mapped.items():
            if f"{wanted}/" == front:
                return _Real(self._real, folder)
            if wanted.startswith(front):
                return _Real(self._real, os.path.join(folder, wanted[len(front) :]))
        return None

    def _allowed(self, wanted: str) -> bool:
        return any(wanted.startswith(front) or f"{wanted}/" == front for front in self._folders)

    def _names(self, path: str, entry: _Entry) -> tuple[str, ...] | None:
        """The names in a recorded folder; None if it is none."""
        if entry.names is not None:
            return entry.names
        if entry.text is not None:
            return None
        front = _prefix(_normal(path))
        below = {name[len(front) :].partition("/")[0] for name in (*self._entries, *self._mapped) if name.startswith(front)}
        return tuple(sorted(below - {""})) or None

    def _status(self, path: str, entry: _Entry) -> os.stat_result:
        if entry.text is not None:
            return _made_status(stat.S_IFREG | _MODE, len(entry.text), path)
        if self._names(path, entry) is not None:
            return _made_status(stat.S_IFDIR | 0o755, 0, path)
        raise _error(errno.ENOENT, path)


def _made_status(mode: int, size: int, path: str) -> os.stat_result:
    return os.stat_result((mode, zlib.crc32(path.encode("latin-1")), 1, 1, 0, 0, size, 0, 0, 0))


def _error(number: int, path: str) -> OSError:
    return OSError(number, os.strerror(number), path)


def _normal(path: str) -> str:
    normal = posixpath.normpath(path) if path else path
    return normal[1:] if normal.startswith("//") else normal


def _prefix(path: str) -> str:
    return path if path.endswith("/") else f"{path}/"
