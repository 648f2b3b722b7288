"""Files that a look-up reads: opening them with Exim's checks and messages, and reading them again once
they have changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from errno import EACCES
from typing import Generic, TypeVar, cast

from eximconf.lookup.model import CannotOpen, Question
from eximconf.lookup.searches import Searches
from eximconf.runtime.services import Files, no_service

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FileReader(Generic[T]):
    """How a type reads its file.

    *kind*: the type as messages name it. *opening*: the file and what it was to be opened for, as the message
    says that it could not (``{} for linear search``); empty: the message is the reason alone. *build*: what is
    kept of the file, out of its octets (latin-1). *lasting*: a file is read once, as Exim keeps a database open,
    and not again when it changes.
    """

    kind: str
    opening: str
    build: Callable[[str], T]
    lasting: bool = False

    def load(self, question: Question) -> T:
        """What `build` made of the file of *question*, as it is now. Raises `CannotOpen`."""
        files, path = files_of(question), question.file
        searches, source = Searches.of(question.ctx.services), (question.kind, path)
        try:
            stamp = None if self.lasting else files.stamp(path)
        except OSError as error:
            raise self.cannot_open(path, error) from None
        kept = searches.store(source, stamp)
        if kept is not None:
            return cast("T", kept)
        return searches.keep_store(source, stamp, self.build(self._read(files, path)))

    def cannot_open(self, path: str, error: OSError) -> CannotOpen:
        """The failure to open *path*."""
        return open_failed(self.opening.format(path), error) if self.opening else CannotOpen(_reason(error))

    def _read(self, files: Files, path: str) -> str:
        try:
            regular = stat.S_ISREG(files.stat(path).st_mode)
            if regular:
                return files.read(path)
        except OSError as error:
            raise self.cannot_open(path, error) from None
        raise CannotOpen(f"{path} is not a regular file ({self.kind} lookup)")


def files_of(question: Question) -> Files:
    """The files of this run. Raises `ExpansionFailed` if it has none."""
    files = question.ctx.services.files
    if files is None:
        raise no_service("file")
    return files


def open_failed(what: str, error: OSError) -> CannotOpen:
    """Exim's message that *what* could not be opened."""
    who = f" (euid={os.geteuid()} egid={os.getegid()})" if error.errno == EACCES else ""
    return CannotOpen(f"failed to open {what}: {_reason(error)}{who}")


def _reason(error: OSError) -> str:
    return error.strerror or "No such file or directory"
