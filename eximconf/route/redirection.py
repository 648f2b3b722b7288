"""Redirection data: what stands behind an alias or in a forward file, without filters. Spec: 22.3 to 22.7."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from eximconf.message.addresses import AddressFault, AddressSyntax, find_address_end, parse_address
from eximconf.route.address import Kind, cut
from eximconf.route.reply import Notification, Reply
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.printing import quoted
from eximconf.runtime.services import no_service
from eximconf.runtime.value import is_tainted, taint_like

_INCLUDE_MAX = 1024 * 1024
_LONGEST_NAME = 255
_DEEPEST = 100


class End(Enum):
    """How redirection ends. `NOTHING`: it names no address, and the router declines."""

    DELIVERED = "delivered"
    NOTHING = "nothing"
    NOT_THERE = "not there"
    BLACKHOLE = "blackhole"
    DEFER = "defer"
    FAIL = "fail"
    FREEZE = "freeze"
    ERROR = "error"
    INCLUDE_FAILED = "include failed"


class Made(NamedTuple):
    """Something to deliver to: an address, a pipe, a file, or a reply. *errors_to*, *ignore_errors*, *mode* (of a
    file) and *reply*: of a filter."""

    address: str
    kind: Kind = Kind.MAIL
    errors_to: str | None = None
    ignore_errors: bool = False
    mode: int | None = None
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Redirected:
    """The result. *message*: the text of ``:fail:`` and ``:defer:``, or what is wrong; *skipped*: the syntax errors
    that were passed over, and where. *notifications*: what a filter sends at once. *filtered*: a filter decided; *unread*: nothing was interpreted at all."""

    end: End
    made: tuple[Made, ...] = ()
    message: str | None = None
    skipped: tuple[tuple[str, str], ...] = ()
    notifications: tuple[Notification, ...] = ()
    filtered: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What redirection may do. *finish*: qualifies and rewrites an address; *domain*: what ``\\name`` belongs to.
    *include_directory*: where included files must be, None for anywhere. *skip*: go on after syntax errors."""

    finish: Callable[[str], str]
    domain: str = ""
    allow_fail: bool = False
    allow_defer: bool = False
    forbid_blackhole: bool = False
    forbid_include: bool = False
    include_directory: str | None = None
    skip: bool = False


class _Stopped(Exception):
    def __init__(self, end: End, message: str | None) -> None:
        super().__init__(end)
        self.end = end
        self.message = message


def read_redirection(ctx: Context, text: str, rules: Rules) -> Redirected:
    """What the redirection data *text* says. Never raises."""
    reader = _Reader(ctx, rules)
    try:
        reader.read(text, 0)
    except _Stopped as stop:
        return Redirected(stop.end, tuple(reader.made), stop.message, tuple(reader.skipped))
    end = End.DELIVERED if reader.made or reader.skipped else End.NOTHING
    return Redirected(end, tuple(reader.made), None, tuple(reader.skipped))


_SPECIAL = {":defer:": End.DEFER, ":blackhole:": End.BLACKHOLE, ":fail:": End.FAIL}


@dataclass(slots=True)
class _Reader:
    ctx: Context
    rules: Rules
    made: list[Made] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def read(self, text: str, depth: int) -> None:
        at = 0
        while (at := _next_item(text, at)) < len(text):
            end = find_address_end(text, at, newline_ends=True)
            item = cut(text, at, end)
            item = cut(item, 0, len(item.rstrip(SPACE)))
            if item and not ":unknown:".startswith(item):
                self._item(item, text, at, depth)
            at = max(end, at + 1)

    def _item(self, item: str, text: str, at: int, depth: int) -> None:
        in_quotes = item[:1] == '"' and item[-1:] == '"' and len(item) > 1
        if in_quotes:
            item = cut(item, 1, len(item) - 1)
            at += 1 + len(item) - len(item.lstrip(SPACE))
            start = len(item) - len(item.lstrip(SPACE))
            item = cut(item, start, len(item.rstrip(SPACE)))
        special = next((word for word in _SPECIAL if text.startswith(word, at)), "")
        if special:
            self._special(special, item, text[at + len(special) :])
        if item.startswith(":include:"):
            self._include(item[9:].lstrip(SPACE), is_tainted(item), depth)
            return
        self._address(item, in_quotes)

    def _shown(self, text: str) -> str:
        return quoted(text, self.ctx.settings, self.ctx.target)

    def _special(self, word: str, item: str, rest: str) -> None:
        """``:fail:`` and the like end everything, with all that follows as their text. Raises `_Stopped`."""
        end, rules = _SPECIAL[word], self.rules
        permitted = {
            End.DEFER: rules.allow_defer,
            End.FAIL: rules.allow_fail,
            End.BLACKHOLE: not rules.forbid_blackhole,
        }
        if not permitted[end]:
            raise _Stopped(End.ERROR, f'"{item}" is not permitted')
        raise _Stopped(end, rest.lstrip(SPACE).rstrip("\n"))

    def _address(self, item: str, in_quotes: bool) -> None:
        syntax = AddressSyntax.from_settings(self.ctx.settings)
        found = parse_address(item[1:], syntax) if item[:1] == "\\" else None
        if found is not None and not isinstance(found, AddressFault) and not found.domain_at:
            address = taint_like(f"{found.address}@{self.rules.domain}", item, self.rules.domain)
            self.made.append(Made(self.rules.finish(address)))
            return
        found = parse_address(item, syntax)
        faulty = isinstance(found, AddressFault)
        if item[:1] in ("|", "/") and (isinstance(found, AddressFault) or not found.domain_at):
            kind = Kind.PIPE if item[0] == "|" else Kind.FILE
            self.made.append(Made(_unescaped(item) if in_quotes else item, kind))
        elif isinstance(found, AddressFault):
            self._fault(found.message, item)
        else:
            assert not faulty
            self.made.append(Made(self.rules.finish(taint_like(found.address, item))))

    def _fault(self, message: str, item: str) -> None:
        if message == "empty address":
            return
        if not self.rules.skip:
            raise _Stopped(End.ERROR, f"{message} in {self._shown(item)}")
        self.skipped.append((message, item))

    # Included files

    def _include(self, name: str, tainted: bool, depth: int) -> None:
        if not name:
            raise _Stopped(End.ERROR, "file name missing after :include:")
        if len(name) > _LONGEST_NAME:
            raise _Stopped(End.ERROR, f"included file name {self._shown(name)} is too long")
        if name[:1] != "/":
            raise _Stopped(End.ERROR, f"included file {self._shown(name)} is not an absolute path")
        if self.rules.forbid_include:
            raise _Stopped(End.ERROR, "included files not permitted")
        if tainted:
            raise _Stopped(End.ERROR, f"Tainted name '{name}' for included file  not permitted\n")
        if self.rules.include_directory is not None:
            self._check_directory(name, self.rules.include_directory)
        if depth > _DEEPEST:
            raise _Stopped(End.ERROR, f"included files nested too deep at {name}")
        before, self.made = self.made, []
        try:
            self.read(self._contents(name), depth + 1)
        finally:
            self.made = before + self.made

    def _check_directory(self, name: str, directory: str) -> None:
        folder = directory.rstrip("/")
        if not name.startswith(f"{folder}/"):
            raise _Stopped(End.ERROR, f"included file {name} is not in directory {directory}")
        files = self.ctx.services.files
        if files is None:
            raise _Stopped(End.ERROR, no_service("file").message)
        path = folder
        for part in name[len(folder) :].split("/"):
            if not part:
                continue
            path += f"/{part}"
            try:
                linked = stat.S_ISLNK(files.lstat(path).st_mode)
            except OSError:
                linked = True
            if linked:
                raise _Stopped(
                    End.ERROR, f"failed to open {name} (component of included file); could be symbolic link"
                )
        if not stat.S_ISREG(files.stat(name).st_mode):
            raise _Stopped(
                End.ERROR, f"included file {name} is not a regular file in the {directory} directory"
            )

    def _contents(self, name: str) -> str:
        files = self.ctx.services.files
        if files is None:
            raise _Stopped(End.ERROR, no_service("file").message)
        try:
            if files.stat(name).st_size > _INCLUDE_MAX:
                raise _Stopped(End.ERROR, f"included file {name} is too big (max {_INCLUDE_MAX})")
            return files.read(name).partition("\0")[0]
        except OSError as error:
            raise _Stopped(End.INCLUDE_FAILED, open_failed(f"included file {name}", error)) from None


def _next_item(text: str, at: int) -> int:
    """Where the next item begins behind separators and comments."""
    while at < len(text):
        if text[at] in SPACE or text[at] == ",":
            at += 1
        elif text[at] == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        else:
            break
    return at


def _unescaped(item: str) -> str:
    out, at = [], 0
    while at < len(item):
        if item[at] == "\\":
            at += 1
        out.append(item[at : at + 1])
        at += 1
    return taint_like("".join(out), item)


def open_failed(what: str, error: OSError) -> str:
    """Exim's words for a file that cannot be opened."""
    number = error.errno or errno.EIO
    reason = f"failed to open {what}: {os.strerror(number)}"
    return f"{reason} (euid={os.geteuid()} egid={os.getegid()})" if number == errno.EACCES else reason
