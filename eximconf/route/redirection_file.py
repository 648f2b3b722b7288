"""Files of redirection data: whether they may be used, and what they hold. Spec: 22.8, 22.10 ``check_owner`` …"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass

from eximconf.config.accounts import Account
from eximconf.config.model import DriverBlock
from eximconf.route.redirection import End, open_failed
from eximconf.route.router import flag_of, number_of
from eximconf.route.visit import Passwd
from eximconf.runtime.context import Context
from eximconf.runtime.services import Files, no_service
from eximconf.runtime.value import is_tainted

_LARGEST = 1024 * 1024


class Unusable(Exception):
    """The file gives nothing: it is not there (`End.NOT_THERE`), or something is wrong with it (`End.ERROR`)."""

    def __init__(self, end: End, message: str) -> None:
        super().__init__(message)
        self.end = end
        self.message = message


@dataclass(frozen=True, slots=True)
class FileRules:
    """What a file must be like. *owners*, *groups*: numbers of those that may own it."""

    check_owner: bool
    check_group: bool
    owners: frozenset[int]
    groups: frozenset[int]
    modemask: int
    ignore_eacces: bool
    ignore_enotdir: bool

    @classmethod
    def of(cls, block: DriverBlock) -> FileRules:
        return cls(
            flag_of(block, "check_owner"), flag_of(block, "check_group"), _numbers(block, "owners"),
            _numbers(block, "owngroups"), number_of(block, "modemask", 0o22), flag_of(block, "ignore_eacces"),
            flag_of(block, "ignore_enotdir"),
        )  # fmt: skip

    def read(self, ctx: Context, path: str, user: Passwd | None) -> str:
        """What the file holds. Raises `Unusable`."""
        if is_tainted(path):
            raise Unusable(End.ERROR, f"Tainted name '{path}' for file read not permitted\n")
        files = ctx.services.files
        if files is None:
            raise Unusable(End.ERROR, no_service("file").message)
        try:
            status = files.stat(path)
            self._check(path, status, user)
            return files.read(path).partition("\0")[0]
        except OSError as error:
            raise self._missing(files, path, error) from None

    def _missing(self, files: Files, path: str, error: OSError) -> Unusable:
        match error.errno:
            case errno.ENOENT if self.ignore_enotdir:
                return Unusable(End.NOT_THERE, "")
            case errno.ENOENT:
                return _not_there(files, path)
            case errno.ENOTDIR if self.ignore_enotdir:
                return Unusable(End.NOT_THERE, "")
            case errno.EACCES if self.ignore_eacces:
                return Unusable(End.NOT_THERE, "")
        return Unusable(End.ERROR, open_failed(path, error))

    def _check(self, path: str, status: os.stat_result, user: Passwd | None) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise Unusable(End.ERROR, f"{path} is not a regular file")
        wrong = status.st_mode & self.modemask
        if wrong:
            message = f"bad mode (0{status.st_mode:o}) for {path}: 0{wrong:o} bit(s) unexpected"
            raise Unusable(End.ERROR, message)
        owners = self.owners | ({user[2]} if user is not None else set())
        groups = self.groups | ({user[3]} if user is not None else set())
        if self.check_owner and status.st_uid not in owners:
            raise Unusable(End.ERROR, f"bad owner for {path}")
        if self.check_group and status.st_gid not in groups:
            raise Unusable(End.ERROR, f"bad group for {path}")
        if status.st_size > _LARGEST:
            raise Unusable(End.ERROR, f"{path} is too big (max {_LARGEST})")


def _not_there(files: Files, path: str) -> Unusable:
    """A file that is missing counts so only if its directory can be looked at."""
    folder = f"{path.rpartition('/')[0]}/."
    try:
        files.stat(folder)
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)
        return Unusable(End.ERROR, f"failed to stat {folder} ({reason})")
    return Unusable(End.NOT_THERE, f"{path} does not exist")


def _numbers(block: DriverBlock, name: str) -> frozenset[int]:
    value = block[name]
    listed = value if isinstance(value, tuple) else ()
    return frozenset(each.number for each in listed if isinstance(each, Account) and each.number is not None)
