"""The precondition ``require_files``. Spec: 15 ``require_files``."""

from __future__ import annotations

import errno
import os
import stat

from eximconf.expand.dynamic import expand_string
from eximconf.route.accounts import find_group, find_user
from eximconf.route.visit import Visit
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE, split
from eximconf.runtime.outcome import ForcedFailure, Outcome
from eximconf.runtime.services import no_service


class Undecided(Exception):
    """The existence of a file is not clear; the argument says why."""


def files_are_there(visit: Visit, text: str) -> bool:
    """Whether all tests in the list *text* hold. Raises `Undecided`, and `ExpansionFailed` without a service."""
    check = _FileChecks(visit)
    return all(check.holds(item) for item in split(text)[0])


class _FileChecks:
    """The tests of one list. *access*: the user and group that must be able to read the files that follow."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.access: tuple[int, int] | None = None

    def holds(self, item: str) -> bool:
        try:
            text = expand_string(item, self.visit.ctx)
        except ForcedFailure:
            return True
        except Outcome as failure:
            shown = self.visit.quoted(item)
            raise Undecided(f"failed to expand {shown} for require_files: {failure.message}") from None
        if not text:
            return True
        if "/" not in text:
            self._be(text)
            return True
        return self._is_there(text)

    def _be(self, text: str) -> None:
        """From here on files are tested for access by this user and group."""
        name, comma, group = text.partition(",")
        found = find_user(self.visit.ctx, name)
        if found is None:
            raise Undecided(f"user {self.visit.quoted(text)} for require_files not found")
        uid, entry = found
        if comma:
            gid = find_group(self.visit.ctx, group)
            if gid is None:
                raise Undecided(f"group {self.visit.quoted(group)} for require_files not found\n")
        elif entry is None:
            raise Undecided(f"group missing after numerical uid {uid} for require_files")
        else:
            gid = entry[3]
        self.access = uid, gid

    def _is_there(self, path: str) -> bool:
        lenient = path[:1] == "+"
        path = path[1:].lstrip(SPACE) if lenient else path
        wanted = path[:1] != "!"
        path = path if wanted else path[1:].lstrip(SPACE)
        if path[:1] != "/":
            raise Undecided(f"require_files: {self.visit.quoted(path)} is not absolute")
        number = self._error(path)
        if number == errno.EACCES and lenient:
            number = errno.ENOENT
        if number not in (0, errno.ENOENT):
            raise Undecided(f"require_files: error for {path}: {os.strerror(number)}")
        return (number == 0) is wanted

    def _error(self, path: str) -> int:
        """The number of the error that stands against using *path*, 0 for none."""
        files = self.visit.ctx.services.files
        if files is None:
            raise no_service("file")
        try:
            files.stat(path)
            if self.access is not None:
                _check_access(self.visit.ctx, path, *self.access)
        except OSError as error:
            return error.errno or errno.EIO
        return 0


def _check_access(ctx: Context, path: str, uid: int, gid: int) -> None:
    """Raises `OSError` unless the user may search all directories and read the file, by their modes."""
    files = ctx.services.files
    assert files is not None
    folder = ""
    *folders, _ = path[1:].split("/")
    for name in folders:
        folder += f"/{name}"
        _demand(files.stat(folder), uid, gid, stat.S_IXOTH)
    _demand(files.stat(path), uid, gid, stat.S_IROTH)


def _demand(status: os.stat_result, uid: int, gid: int, bit: int) -> None:
    shift = 6 if status.st_uid == uid else 3 if status.st_gid == gid else 0
    if not status.st_mode & bit << shift:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
