"""Dates and times as Exim writes them. Spec: ``$tod_…`` in 11.9."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING

from eximconf.runtime.context import Context

if TYPE_CHECKING:
    from datetime import tzinfo

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def now(ctx: Context) -> float:
    """Seconds since the epoch by the clock of this run."""
    clock = ctx.services.clock
    return time.time() if clock is None else clock.now()


def local_time(ctx: Context, seconds: float) -> time.struct_time:
    """*seconds* in the time zone of the main option ``timezone``, else of this run, else of the machine."""
    zone = ctx.settings.get("timezone") or ctx.services.timezone
    if not zone:
        return time.localtime(seconds)
    return _in_zone(zone, int(seconds))


@lru_cache(maxsize=64)
def _in_zone(zone: str, seconds: int) -> time.struct_time:
    info = _zone(zone)
    if info is None:
        return time.gmtime(seconds)
    from datetime import datetime

    moment = datetime.fromtimestamp(seconds, info)
    offset = moment.utcoffset()
    shift = int(offset.total_seconds()) if offset else 0
    fields = time.gmtime(seconds + shift)
    return time.struct_time((*fields[:9], moment.tzname() or "UTC", shift))


@lru_cache(maxsize=16)
def _zone(name: str) -> tzinfo | None:
    """The rules of a zone; None for UTC and for names that nobody knows."""
    if name.upper() == "UTC":
        return None
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def zone_offset(moment: time.struct_time) -> str:
    """``+0100``."""
    minutes = (moment.tm_gmtoff or 0) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


@lru_cache(maxsize=64)
def full_date(moment: time.struct_time) -> str:
    """The form of header lines: ``Thu, 26 Nov 2026 11:31:25 +0000``."""
    day, month = _DAYS[moment.tm_wday], _MONTHS[moment.tm_mon - 1]
    return f"{day}, {moment.tm_mday:02d} {month} {moment.tm_year} {_clock(moment)} {zone_offset(moment)}"


def log_date(moment: time.struct_time, with_zone: bool = False) -> str:
    """The form of log lines: ``2026-11-26 11:31:25``, with the zone if ``log_timezone`` is set."""
    zone = f" {zone_offset(moment)}" if with_zone else ""
    return f"{moment.tm_year:04d}-{moment.tm_mon:02d}-{moment.tm_mday:02d} {_clock(moment)}{zone}"


def mailbox_date(moment: time.struct_time) -> str:
    """The form of ``From`` lines: ``Thu Nov 26 11:31:25 2026``."""
    day, month = _DAYS[moment.tm_wday], _MONTHS[moment.tm_mon - 1]
    return f"{day} {month} {moment.tm_mday:02d} {_clock(moment)} {moment.tm_year}"


def certificate_date(moment: time.struct_time) -> str:
    """The form of certificate fields: ``Nov 26 11:31:25 2026``, the day with a space instead of a zero."""
    return f"{_MONTHS[moment.tm_mon - 1]} {moment.tm_mday:2d} {_clock(moment)} {moment.tm_year}"


def logfile_date(moment: time.struct_time) -> str:
    """``20261126``."""
    return f"{moment.tm_year:04d}{moment.tm_mon:02d}{moment.tm_mday:02d}"


def zulu_date(seconds: float) -> str:
    """``20261126113125Z``."""
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(seconds))


def _clock(moment: time.struct_time) -> str:
    return f"{moment.tm_hour:02d}:{moment.tm_min:02d}:{moment.tm_sec:02d}"
