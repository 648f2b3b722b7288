"""``dsearch``: the name of an entry of a directory. Spec: 9.3.5."""

from __future__ import annotations

import stat
from errno import ENOENT, ENOTDIR

from eximconf.lookup.model import Backend, CannotOpen, Finder, Question, Style
from eximconf.lookup.searches import Searches
from eximconf.lookup.stored_file import files_of, open_failed
from eximconf.runtime.outcome import Deferred
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import untaint

_FILTERS = ("file", "dir", "subdir")


def _open(question: Question) -> Finder:
    directory, target = question.file, question.ctx.target
    searches, source = Searches.of(question.ctx.services), (question.kind, directory)
    if searches.store(source, None) is None:
        _check_directory(question)
        searches.keep_store(source, None, directory)
    files = files_of(question)
    full = "ret=full" in question.options
    wanted = {word[7:] for word in question.options if word.startswith("filter=")}.intersection(_FILTERS)
    paths = "key=path" in question.options and at_least(target, "4.97")

    def find(key: str) -> str | None:
        if "/" in key:
            _check_key(key, paths)
        path = f"{directory}/{key}"
        try:
            mode = files.lstat(path).st_mode
        except OSError as error:
            if error.errno in (ENOENT, None):
                return None
            raise Deferred(f"{path}: lstat: {error.strerror}") from None
        if wanted and not _fits(mode, key, wanted):
            return None
        # What is there is no longer outside data: that is what this type is for.
        return untaint(path if full else key)

    return find


def _check_directory(question: Question) -> None:
    directory = question.file
    try:
        mode = files_of(question).stat(directory).st_mode
    except OSError as error:
        raise open_failed(f"{directory} for directory search", error) from None
    if directory[:1] != "/":
        raise CannotOpen(f"dirname '{directory}' for dsearch is not absolute")
    if stat.S_ISDIR(mode):
        return
    if at_least(question.ctx.target, "4.99"):
        raise CannotOpen(f"{directory} is not a directory (dsearch lookup)")
    raise open_failed(f"{directory} for directory search", OSError(ENOTDIR, "Not a directory"))


def _check_key(key: str, paths: bool) -> None:
    if paths and ("/../" in key or "/./" in key):
        raise Deferred(f"key for dsearch lookup contains bad component: {key}")
    if not paths and "/" in key:
        raise Deferred(f"key for dsearch lookup contains a slash: {key}")


def _fits(mode: int, key: str, wanted: set[str]) -> bool:
    """Whether an entry of this *mode* is of one of the kinds *wanted*."""
    if stat.S_ISREG(mode):
        return "file" in wanted
    if not stat.S_ISDIR(mode):
        return False
    return "dir" in wanted or ("subdir" in wanted and key not in (".", ".."))


BACKENDS = {"dsearch": Backend(_open, Style.KEY, lasting=True)}
