"""Variables that are worked out when they are asked for, from the settings and the clock. Spec: 11.9."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import struct_time

from eximconf.catalog.model import printed_version
from eximconf.runtime import calendar
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.settings import is_on
from eximconf.runtime.value import Tainted, taint_like

Compute = Callable[[Context], str]


def _setting(name: str, default: str = "") -> Compute:
    return lambda ctx: ctx.settings.get(name, default)


def _qualify_domain(ctx: Context) -> str:
    return ctx.settings.get("qualify_domain") or _hostname(ctx)


def _qualify_recipient(ctx: Context) -> str:
    return ctx.settings.get("qualify_recipient") or _qualify_domain(ctx)


def _hostname(ctx: Context) -> str:
    return ctx.settings.get("primary_hostname") or ctx.services.hostname


def _moment(show: Callable[[struct_time], str]) -> Compute:
    return lambda ctx: show(calendar.local_time(ctx, calendar.now(ctx)))


def _log_date(ctx: Context) -> str:
    moment = calendar.local_time(ctx, calendar.now(ctx))
    return calendar.log_date(moment, is_on(ctx.settings, "log_timezone"))


def _part(variable: str, after_at: bool) -> Compute:
    """The domain or the local part of the address in another variable."""

    def compute(ctx: Context) -> str:
        address = ctx.variables.get(variable, "")
        local_part, at, domain = address.rpartition("@")
        if not at:
            local_part, domain = address, ""
        return taint_like(domain if after_at else local_part, address)

    return compute


def _headers(raw: bool) -> Compute:
    return lambda ctx: ctx.headers.all(raw) if ctx.headers is not None else ""


def _reply_address(ctx: Context) -> str:
    """The ``Reply-To:`` line, or the ``From:`` line where that is not there or empty."""
    if ctx.headers is None:
        return ""
    for name in ("reply-to", "from"):
        found = (ctx.headers.fetch(name, "rh") or "").strip(SPACE)
        if found:
            return Tainted(found.replace("\n", " "))
    return ""


def _message_age(ctx: Context) -> str:
    received = ctx.variables.get("received_time")
    return str(int(calendar.now(ctx)) - int(received)) if received and received.isdigit() else "0"


def _load_average(ctx: Context) -> str:
    return str(ctx.services.machine.load_average()) if ctx.services.machine else "-1"


def _space(option: str, number: int) -> Compute:
    def compute(ctx: Context) -> str:
        path = ctx.settings.get(option, "").split(":")[0].rpartition("/")[0 if option == "log_file_path" else 2]
        if option == "spool_directory":
            path = ctx.settings.get(option, "")
        return str(ctx.services.machine.space(path)[number]) if ctx.services.machine and path else "-1"

    return compute


COMPUTED: Mapping[str, Compute] = {
    "bounce_return_size_limit": _setting("bounce_return_size_limit", "102400"),
    "exim_version": lambda ctx: printed_version(ctx.target),
    "load_average": _load_average,
    "localhost_number": _setting("localhost_number"),
    "log_inodes": _space("log_file_path", 1),
    "log_space": _space("log_file_path", 0),
    "message_age": _message_age,
    "message_headers": _headers(raw=False),
    "message_headers_raw": _headers(raw=True),
    "primary_hostname": _hostname,
    "qualify_domain": _qualify_domain,
    "qualify_recipient": _qualify_recipient,
    "reply_address": _reply_address,
    "sender_address_domain": _part("sender_address", after_at=True),
    "sender_address_local_part": _part("sender_address", after_at=False),
    "smtp_active_hostname": _hostname,
    "spool_directory": _setting("spool_directory"),
    "spool_inodes": _space("spool_directory", 1),
    "spool_space": _space("spool_directory", 0),
    "tod_bsdinbox": _moment(calendar.mailbox_date),
    "tod_epoch": lambda ctx: str(int(calendar.now(ctx))),
    "tod_epoch_l": lambda ctx: str(int(calendar.now(ctx) * 1_000_000)),
    "tod_full": _moment(calendar.full_date),
    "tod_log": _log_date,
    "tod_logfile": _moment(calendar.logfile_date),
    "tod_zone": _moment(calendar.zone_offset),
    "tod_zulu": lambda ctx: calendar.zulu_date(calendar.now(ctx)),
    "version_number": lambda ctx: printed_version(ctx.target),
}
