"""Exim's time intervals: ``1w2d3h4m5s``. Spec: "Time intervals"."""

from __future__ import annotations

import re

from eximconf.runtime.machine import int32, int64_clamped

_PART = re.compile(r"([0-9]+)([wdhms])")
_SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}


def parse_time(text: str) -> int:
    """The seconds that *text* stands for; negative if it is no time interval.

    Numbers wrap round at 32 bits, as observed: ``99999999999s`` is 1215752191 seconds.
    """
    total = at = 0
    while part := _PART.match(text, at):
        total = int32(total + int32(int64_clamped(part[1]) * _SECONDS[part[2]]))
        at = part.end()
    return total if at == len(text) and at else -1


def print_time(seconds: int) -> str:
    """A number of seconds as a time interval, largest unit first; ``0s`` for none."""
    sign, left = ("-", -seconds) if seconds < 0 else ("", seconds)
    if left == 1 << 31:  # cannot be negated in 32 bits; 4.100-dev shows the bare sign
        return "-s"
    text = sign
    for unit, size in _SECONDS.items():
        count, left = divmod(left, size)
        if count:
            text += f"{count}{unit}"
    return text or "0s"
