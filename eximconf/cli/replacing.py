"""Puts a new text into a file so that nobody ever sees half of it, and everything else about the file stays."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress

from eximconf.cli.arguments import Usage


def replace_file(name: str, before: str, after: str) -> str:
    """Make *after* of the file *name* (octets), which holds *before*; the path of the file that was written.

    The new text is written beside the file and takes its place at once, with the same mode, owner and extended
    attributes. A symbolic link stays: the file that it leads to is replaced. Raises `Usage` where that cannot be, and
    the file is as it was.
    """
    shown = os.fsdecode(name.encode("latin-1"))
    path = os.path.realpath(shown)
    try:
        was = os.stat(path, follow_symlinks=False)
        _check(shown, path, was, before)
        _replace(path, was, after.encode("latin-1"))
    except OSError as error:
        raise Usage(f"{shown} is left as it is: {error.strerror or error}") from None
    return path


def _check(shown: str, path: str, was: os.stat_result, before: str) -> None:
    if not stat.S_ISREG(was.st_mode):
        raise Usage(f"{shown} is left as it is: it is no plain file")
    if was.st_nlink > 1:
        raise Usage(
            f"{shown} is left as it is: it has {was.st_nlink} hard links, and only one of them would change"
        )
    with open(path, "rb") as file:
        if file.read() != before.encode("latin-1"):
            raise Usage(f"{shown} is left as it is: it was changed meanwhile")


def _replace(path: str, was: os.stat_result, octets: bytes) -> None:
    folder, name = os.path.split(path)
    handle, beside = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
            file.flush()
            if (was.st_uid, was.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(file.fileno(), was.st_uid, was.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(was.st_mode))
            _copy_attributes(path, beside)
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _copy_attributes(path: str, beside: str) -> None:
    """The extended attributes, access lists and labels among them, as far as the system lets us."""
    with suppress(OSError):
        for attribute in os.listxattr(path):
            with suppress(OSError):
                os.setxattr(beside, attribute, os.getxattr(path, attribute))
