"""Numbers and times: how Exim reads them and how it prints them again.

Readers raise `Refused` with Exim's message, or give None where the caller words the message.
Spec: 6.11 "Integer values" to 6.15 "Time values".
"""

from __future__ import annotations

import re

from eximconf.config.quoting import SPACES, quoted, skip_space

INT_MAX = 2**31 - 1
INT_MIN = -(2**31)
_LONG_MAX = 2**63 - 1
_LONG_MIN = -(2**63)

_NUMBER = re.compile(r"[ \t\n\v\f\r]*([+-]?)(0[xX](?=[0-9a-fA-F]))?([0-9a-fA-F]*)", re.ASCII)
_DECIMAL = re.compile(r"[ \t\n\v\f\r]*([+-]?)(\d+)", re.ASCII)
_TIME_UNIT = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_TIME_PART = re.compile(r"(\d+)([wdhms])", re.ASCII)
_MILLI_PART = re.compile(r"(\d+)(?:([wdhms])|(\.\d*)s)", re.ASCII)


class Refused(Exception):
    """Exim does not take this value. *message* is its own wording."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def extra_characters(rest: str, what: str) -> Refused:
    """The refusal of *rest*, found behind a complete value."""
    comment = " (# is comment only at line start)" if rest.startswith("#") else ""
    return Refused(f"extra characters follow {what}{comment}")


def strtol(text: str, base: int) -> tuple[int, int, bool]:
    """As C's strtol with 64 bits: the number, the offset behind it (0: no number), overflow."""
    found = _NUMBER.match(text)
    assert found is not None
    sign, prefix, digits = found.groups()
    start = found.start(3)
    if prefix and base == 0:
        base = 16
    elif prefix:
        start, digits = start - 1, ""
        return 0, start, False
    if base == 0:
        base = 8 if digits.startswith("0") else 10
    allowed = "0123456789abcdefABCDEF"[: base if base <= 10 else 22]
    length = 0
    while length < len(digits) and digits[length] in allowed:
        length += 1
    if not length:
        return 0, 0, False
    if length > 80:
        return 0, start + length, bool(digits[:length].strip("0"))
    value = int(digits[:length], base) * (-1 if sign == "-" else 1)
    return value, start + length, not _LONG_MIN <= value <= _LONG_MAX


def _too_large(text: str) -> Refused:
    return Refused(f"absolute value of integer {quoted(text)} is too large (overflow)")


def _check_end(text: str, end: int, kind: str, name: str) -> None:
    end = skip_space(text, end)
    if end < len(text):
        raise extra_characters(text[end:], f"{kind}integer value for {name}")


def read_integer(text: str, name: str, *, octal: bool = False) -> int:
    """An integer in 32 bits: decimal, ``0`` octal, ``0x`` hexadecimal; suffixes K, M, G, T."""
    kind = "octal " if octal else ""
    value, end, overflow = strtol(text, 8 if octal else 0)
    if end == 0:
        raise Refused(f"{kind}integer expected for {name}")
    if not overflow and end < len(text) and text[end] in "TtGgMmKk":
        value *= 1024 ** (4 - "TGMK".index(text[end].upper()))
        end += 1
    if overflow or not INT_MIN <= value <= INT_MAX:
        raise _too_large(text)
    _check_end(text, end, kind, name)
    return value


def read_integer_in_k(text: str, name: str) -> int:
    """An integer counted in K: a bare number is in K already; suffixes K, M, G, T, P, E, Z.

    The manual says that a bare number is in octets; 4.96, 4.98 and 4.100 take it as K.
    """
    value, end, overflow = strtol(text, 0)
    if end == 0:
        raise Refused(f"integer expected for {name}")
    if not overflow and end < len(text):
        if text[end] in "ZzEePpTtGgMmKk":
            for _ in range(6 - "ZEPTGMK".index(text[end].upper())):
                overflow = overflow or not -(2**63) // 1024 < value <= _LONG_MAX // 1024
                value *= 1024
            end += 1
        else:
            value = int((value + 512) / 1024)
    if overflow:
        raise _too_large(text)
    _check_end(text, end, "", name)
    return value


def read_fixed(text: str, name: str) -> int:
    """A fixed-point number of three places, times 1000.

    Above 2147483 it comes out wrong, often negative, and so it does in 4.96 to 4.100.
    """
    found = _DECIMAL.match(text)
    if found is None:
        raise Refused(f"fixed-point number expected for {name}")
    value = _wrap32(int(found[1] + found[2][:40]))
    end = found.end()
    if value < 0:
        raise Refused(f"integer {quoted(text)} is too large (overflow)")
    value, end = _fraction(text, end, _wrap32(value * 1000))
    end = skip_space(text, end)
    if end < len(text):
        raise extra_characters(text[end:], f"fixed-point value for {name}")
    return value


def _fraction(text: str, at: int, value: int) -> tuple[int, int]:
    """Add the decimals at *at*, if any, to *value* (in thousandths)."""
    if at < len(text) and text[at] == ".":
        weight = 100
        at += 1
        while at < len(text) and "0" <= text[at] <= "9":
            value += int(text[at]) * weight
            weight //= 10
            at += 1
    return value, at


def read_fixed_argument(text: str) -> int | None:
    """A fixed-point number that fills the whole of *text*, times 1000; None if it does not."""
    if not text or not "0" <= text[0] <= "9":
        return None
    found = _DECIMAL.match(text)
    assert found is not None
    value, end = _fraction(text, found.end(), _wrap32(int(found[2][:40])) * 1000)
    return value if end == len(text) else None


def _wrap32(value: int) -> int:
    """*value* as a C int holds it after sscanf (glibc: saturated to 64 bits, then cut to 32)."""
    value = max(_LONG_MIN, min(_LONG_MAX, value))
    return (value + 2**31) % 2**32 - 2**31


def read_time(text: str) -> int | None:
    """A time such as ``1w2d3h4m5s`` in seconds; None if *text* is none, or is negative in 32 bits."""
    at = total = 0
    while True:
        part = _TIME_PART.match(text, at)
        if part is None:
            return None
        total += _wrap32(int(part[1][:40])) * _TIME_UNIT[part[2]]
        at = part.end()
        if at == len(text):
            total = _wrap32(total)
            return total if total >= 0 else None


def read_milliseconds(text: str) -> int | None:
    """A time with a fraction of a second, ``1.5s``, in milliseconds; None if *text* is none."""
    at = total = 0
    while True:
        part = _MILLI_PART.match(text, at)
        if part is None:
            return None
        number = int(part[1][:20])
        if part[2]:
            total += number * _TIME_UNIT[part[2]] * 1000
        else:
            total += number * 1000 + int(float("0" + part[3]) * 1000)
        at = part.end()
        if at == len(text):
            return total


def read_time_list(text: str, name: str, limit: int = 10) -> tuple[int, ...]:
    """Times in rising order with colons between, at most *limit*; in seconds."""
    if not text:
        return ()
    times: list[int] = []
    rest: str | None = text
    while rest is not None:
        if len(times) >= limit:
            raise Refused(f"too many time values for {name}")
        head, colon, tail = rest.partition(":")
        value = read_time(head.rstrip(SPACES) if colon else head)
        if value is None:
            raise Refused(f"invalid time value for {name}")
        if times and value <= times[-1]:
            raise Refused(f"time value out of order for {name}")
        times.append(value)
        rest = tail.lstrip(SPACES) if colon else None
    return tuple(times) if times[0] else ()


def show_time(seconds: int) -> str:
    """A time as Exim prints it: ``1w2d3h4m5s``, ``0s``."""
    sign = "-" if seconds < 0 else ""
    seconds = abs(seconds)
    out = []
    for unit, length in _TIME_UNIT.items():
        count, seconds = divmod(seconds, length)
        if count:
            out.append(f"{count}{unit}")
    return sign + "".join(out) or "0s"


def show_integer_mk(value: int) -> str:
    """An integer with M or K behind it where that loses nothing."""
    for unit, bits in (("M", 20), ("K", 10)):
        if value and not value & ((1 << bits) - 1):
            return f"{value >> bits}{unit}"
    return str(value)


def show_integer_in_k(value: int) -> str:
    """A number of K with the largest unit up to T that loses nothing."""
    if not value:
        return "0"
    for unit, bits in (("T", 30), ("G", 20), ("M", 10)):
        if not value & ((1 << bits) - 1):
            return f"{value >> bits}{unit}"
    return f"{value}K"


def show_octal(value: int) -> str:
    """An octal number as C's ``%#o`` prints it."""
    return f"0{value & 0xFFFFFFFF:o}" if value else "0"


def show_fixed(value: int) -> str:
    """A fixed-point number with as many decimals as it needs, at least one."""
    return f"{value // 1000}." + (f"{value % 1000:03d}".rstrip("0") or "0")
