"""Patterns of file names: ``*``, ``?``, ``[…]`` within a name, ``**`` for any folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache


def fits(path: str, pattern: str) -> bool:
    """Whether *path*, relative and with slashes, fits. A pattern without a slash fits a name in any folder, one that
    fits a folder all that is in it."""
    found = _compiled(pattern.rstrip("/"))
    if "/" not in pattern.rstrip("/"):
        return any(found.fullmatch(part) for part in path.split("/"))
    parts = path.split("/")
    return any(found.fullmatch("/".join(parts[:number])) for number in range(1, len(parts) + 1))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    out, at = "", 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            out, at = out + "(?:[^/]+/)*", at + 3
        elif pattern.startswith("**", at):
            out, at = out + ".*", at + 2
        elif pattern[at] == "[" and (end := pattern.find("]", at + 2)) > 0:
            inner = pattern[at + 1 : end].replace("\\", "\\\\")
            out, at = f"{out}[{'^' + inner[1:] if inner[0] in '!^' else inner}]", end + 1
        else:
            out, at = out + {"*": "[^/]*", "?": "[^/]"}.get(pattern[at], re.escape(pattern[at])), at + 1
    try:
        return re.compile(out)
    except re.error:
        return re.compile(re.escape(pattern))


def found_under(folder: str, pattern: str) -> Iterator[str]:
    """The files under *folder*, and folders in it, that *pattern* fits, sorted; hidden folders are passed over.

    A pattern that is the plain name of a file or folder gives that, there or not.
    """
    if not re.search(r"[*?\[]", pattern):
        yield os.path.normpath(os.path.join(folder, pattern))
        return
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(here, name)
            if fits(os.path.relpath(path, folder).replace(os.sep, "/"), pattern):
                yield os.path.normpath(path)
