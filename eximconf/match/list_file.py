"""A file whose lines are items of a list. Spec: 10.2.2 "File names in lists"."""

from __future__ import annotations

import os
from collections.abc import Iterator
from errno import EACCES

from eximconf.lookup.stored_file import open_failed
from eximconf.match.log_lines import write_log
from eximconf.match.verdict import Died, ListKind
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.services import no_service
from eximconf.runtime.value import Tainted

_LINE = 1023  # octets of a line that Exim reads at once


def file_items(ctx: Context, path: str, kind: ListKind, shown: str) -> Iterator[str]:
    """The lines of the file *path* without comments and white space; the empty ones are left out.

    *shown*: what message names for the list. Raises `Died` if the file does not open.
    """
    hash_needs_space = kind in (ListKind.ADDRESS, ListKind.LOCAL_PART)
    for line in _text(ctx, path, shown).split("\n"):
        for at in range(0, len(line), _LINE):
            item = _without_comment(line[at : at + _LINE], hash_needs_space).strip(SPACE)
            if item:
                yield item


def _text(ctx: Context, path: str, shown: str) -> str:
    files = ctx.services.files
    if files is None:
        raise no_service("file")
    try:
        if type(path) is Tainted:
            write_log(ctx, f"Tainted filename '{path}'", panic=True)
            raise PermissionError(EACCES, os.strerror(EACCES))
        return files.read(path)
    except IsADirectoryError:
        return ""
    except OSError as error:
        raise Died(open_failed(shown, error).message) from None


def _without_comment(line: str, needs_space: bool) -> str:
    """*line* up to a comment; where local parts can stand, its ``#`` must come after white space."""
    at = line.find("#")
    while at > 0 and needs_space and line[at - 1] not in SPACE:
        at = line.find("#", at + 1)
    return line if at < 0 else line[:at]
