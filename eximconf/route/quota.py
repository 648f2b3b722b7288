"""Whether a mailbox has room for the message that is announced: ``verify = recipient/quota``. Spec: 44.21, 26.2 ``quota``."""

from __future__ import annotations

import re
import stat

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.route.address import Address, Decision
from eximconf.route.callout.cache import CalloutCache, Known
from eximconf.route.engine import Routing
from eximconf.route.settling import is_local
from eximconf.route.variables import set_variables, variables_restored
from eximconf.route.verification import VerifyOptions, verify_address
from eximconf.route.visit import Purpose
from eximconf.runtime.acl_answers import Verified, VerifyAnswer
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.value import Tainted

_FOLDERS = r"^(?:cur|new|\..*)$"
_MOST_FILES = 100_000
_SIZE = re.compile(r"\s*([0-9]{1,15}(?:\.[0-9]{1,15})?)([KMG]?)", re.IGNORECASE | re.ASCII)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def verify_quota(
    routing: Routing, ctx: Context, address: str, positive: int, negative: int
) -> VerifyAnswer:
    """Whether there is room; *positive* and *negative*: for how many seconds a good and a bad answer stand."""
    cache = CalloutCache(ctx)
    known = cache.quota(address, positive, negative)
    if known is not None:
        good = known is Known.ACCEPT
        ctx.variables["recipient_verify_failure"] = "" if good else "quota"
        return (
            VerifyAnswer(Verified.OK)
            if good
            else VerifyAnswer(Verified.FAIL, "Previous (cached) quota verification failure")
        )
    rooms = _Rooms(ctx)
    found = verify_address(routing, ctx, Tainted(address), VerifyOptions(Purpose.RECIPIENT, callout=rooms))
    if not rooms.asked:
        message = (
            found.decisive.message
            if found.decisive is not None and found.result is not Verified.OK
            else None
        )
        return VerifyAnswer(found.result, message)
    if rooms.full:
        ctx.variables["recipient_verify_failure"] = "quota"
    if found.result is not Verified.DEFER:
        cache.keep_quota(address, Known.REJECT if rooms.full else Known.ACCEPT)
        return VerifyAnswer(
            Verified.FAIL if rooms.full else Verified.OK, "Over quota" if rooms.full else None
        )
    return VerifyAnswer(Verified.DEFER, "Could not complete recipient verify callout", in_callout=True)


class _Rooms:
    """Looks at the mailboxes of the addresses that are routed. *asked*: there was one."""

    def __init__(self, ctx: Context) -> None:
        self.full = False
        self.asked = False
        self._ctx = ctx

    def __call__(self, address: Address) -> Decision:
        transport, ctx = address.transport, self._ctx
        if transport is not None and not is_local(transport):
            self.asked = True
            return Decision.DEFER
        if transport is None or transport.driver != "appendfile":
            return Decision.OK
        self.asked = True
        with variables_restored(ctx):
            set_variables(ctx, address)
            try:
                self.full = _is_full(ctx, transport)
            except (Outcome, OSError):
                return Decision.DEFER
        return Decision.FAIL if self.full else Decision.OK


def _is_full(ctx: Context, transport: DriverBlock) -> bool:
    """Whether one message more is too much. Raises `Outcome`, `OSError`."""
    quota, most = _number(ctx, transport, "quota"), _number(ctx, transport, "quota_filecount")
    if not quota and not most:
        return False
    size, count = _contents(ctx, transport)
    message = ctx.connection.message if ctx.connection is not None else None
    coming = max(message.size, 0) if message is not None else 0
    if transport["quota_is_inclusive"] is False:
        return bool(quota and size > quota) or bool(most and count > most)
    return bool(quota and size + coming > quota) or bool(most and count + 1 > most)


def _number(ctx: Context, transport: DriverBlock, option: str) -> int:
    """The value of *option*, 0 for no limit and for what is no number."""
    text = transport[option]
    value = expand_string(text, ctx) if isinstance(text, str) else ""
    found = _SIZE.match(value)
    return int(float(found[1]) * _UNITS[found[2].upper()]) if found is not None else 0


def _contents(ctx: Context, transport: DriverBlock) -> tuple[int, int]:
    """The octets and the files of a mailbox; what is not there has none."""
    files = ctx.services.files
    folder = transport["quota_directory"] or transport["directory"]
    if files is None:
        return 0, 0
    if not isinstance(folder, str):
        path = transport["file"]
        try:
            return (files.stat(expand_string(path, ctx)).st_size, 1) if isinstance(path, str) else (0, 0)
        except FileNotFoundError:
            return 0, 0
    wanted = None
    if transport["maildir_format"] is True:
        wanted = re.compile(str(transport["maildir_quota_directory_regex"] or _FOLDERS))
    return _folder(ctx, expand_string(folder, ctx), wanted, transport["quota_size_regex"], _MOST_FILES)


def _folder(
    ctx: Context, path: str, wanted: re.Pattern[str] | None, size_regex: object, most: int, depth: int = 0
) -> tuple[int, int]:
    files = ctx.services.files
    assert files is not None
    size = count = 0
    try:
        names = files.list(path)
    except FileNotFoundError:
        return 0, 0
    for name in names[:most]:
        status = files.stat(f"{path}/{name}")
        if stat.S_ISDIR(status.st_mode):
            if depth < 3 and name != "tmp" and (depth or wanted is None or wanted.search(name)):
                inner = _folder(ctx, f"{path}/{name}", wanted, size_regex, most, depth + 1)
                size, count = size + inner[0], count + inner[1]
        elif wanted is None or depth:
            size, count = size + _size(name, status.st_size, size_regex), count + 1
    return size, count


def _size(name: str, size: int, size_regex: object) -> int:
    """The size of a file, which its name may tell."""
    if not isinstance(size_regex, str):
        return size
    from eximconf.match.regex import RegexError, compile_regex

    try:
        found = compile_regex(size_regex).search(name)
    except RegexError:
        return size
    told = found.numbers(1)[:1] if found is not None else []
    return int(told[0]) if told and told[0].isdigit() else size
