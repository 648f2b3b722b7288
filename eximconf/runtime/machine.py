"""Arithmetic and number reading as the C library does it on a 64-bit machine.

Exim computes in C integers; results that do not fit wrap round, numbers that are too long to read
stop at the largest one. These functions give the same.
"""

from __future__ import annotations

import re

INT64_MAX = (1 << 63) - 1
INT64_MIN = -(1 << 63)
UINT64_MASK = (1 << 64) - 1
SPACES = " \t\n\v\f\r"
_LEADING_NUMBER = re.compile(r"[ \t-\r]*([+-]?)([0-9]+)")
_LONGEST = 40


def int32(value: int) -> int:
    """*value* cut to a signed 32-bit number."""
    return ((value + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)


def int64(value: int) -> int:
    """*value* cut to a signed 64-bit number."""
    return ((value + (1 << 63)) & UINT64_MASK) - (1 << 63)


def magnitude(digits: str, base: int = 10) -> int:
    """The number of *digits*; a very long one gives some number beyond 64 bits, in bounded time."""
    significant = digits.lstrip("0")
    return int(significant or "0", base) if len(significant) <= _LONGEST else 1 << 100


def int64_clamped(digits: str, base: int = 10) -> int:
    """The number of *digits*, at most the largest signed 64-bit number."""
    return min(magnitude(digits, base), INT64_MAX)


def leading_number(text: str) -> tuple[str, str, int] | None:
    """Sign, digits and end of the decimal number that *text* begins with, after white space."""
    match = _LEADING_NUMBER.match(text)
    return None if match is None else (match[1], match[2], match.end())


def strtoul(text: str) -> tuple[int, int]:
    """An unsigned 64-bit number and where it ends (0: there is none). A minus sign wraps round."""
    found = leading_number(text)
    if found is None:
        return 0, 0
    sign, digits, end = found
    value = magnitude(digits)
    if value > UINT64_MASK:
        return UINT64_MASK, end
    return (-value & UINT64_MASK if sign == "-" else value), end


def strtol(text: str) -> tuple[int, int]:
    """A signed 64-bit number, kept inside its limits, and where it ends (0: there is none)."""
    found = leading_number(text)
    if found is None:
        return 0, 0
    sign, digits, end = found
    value = -magnitude(digits) if sign == "-" else magnitude(digits)
    return max(INT64_MIN, min(INT64_MAX, value)), end
