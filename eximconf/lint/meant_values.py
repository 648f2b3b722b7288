"""What a time, a size, a truth value or a network that Exim cannot read was probably meant to be."""

from __future__ import annotations

import re

_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_WORDS = re.compile(r"(w|d|h|m|s)(?:eeks?|ays?|ours?|rs?|in(?:ute)?s?|ec(?:ond)?s?)?", re.IGNORECASE)
_PART = re.compile(r"(\d{1,9})\s*([a-z]*)", re.IGNORECASE)
_SIZE = re.compile(r"(\d+)\s*([kmg])(?:i?b|bytes?)?|(\d+)\s*b(?:ytes?)?", re.IGNORECASE)
_TRUTH = {"on": "true", "off": "false", "y": "true", "n": "false", "enable": "true", "enabled": "true",
          "disable": "false", "disabled": "false", "t": "true", "f": "false"}  # fmt: skip
"""What other programs call true and false."""
_STARS = re.compile(r"((?:\d{1,3}\.){1,3})\*(?:\.\*){0,2}")
_MASKED = re.compile(r"((?:\d{1,3}\.){3}\d{1,3})/((?:\d{1,3}\.){3}\d{1,3})")
_LONGEST = 40


def time_meant(text: str) -> str | None:
    """``10 seconds`` is 10s, ``30`` is 30s, ``1 hour 5 min`` is 1h5m; None for what is no time in any way."""
    if len(text) > _LONGEST:
        return None
    found, parts = [], re.split(r"[\s,]+(?=\d)|(?<=[a-z])(?=\d)", text.strip(), flags=re.IGNORECASE)
    for part in parts:
        match = _PART.fullmatch(part.strip())
        unit = _WORDS.fullmatch(match[2] or "s") if match else None
        if match is None or unit is None:
            return None
        found.append((match[1], unit[1].lower()))
    units = [_UNITS[unit] for _, unit in found]
    return "".join(f"{number}{unit}" for number, unit in found) if units == sorted(set(units), reverse=True) else None


def size_meant(text: str) -> str | None:
    """``50 MB`` is 50M; None for what is no size in any way."""
    match = _SIZE.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None:
        return None
    return match[3] or f"{match[1]}{match[2].upper()}"


def truth_meant(text: str) -> str | None:
    """``on`` is true, ``off`` is false; None for what is no truth value in any way."""
    return _TRUTH.get(text.lower())


def network_meant(text: str) -> str | None:
    """``192.0.2.*`` is 192.0.2.0/24, ``10.0.0.0/255.0.0.0`` is 10.0.0.0/8; None for others."""
    if (stars := _STARS.fullmatch(text)) is not None:
        given = stars[1].count(".")
        return f"{stars[1]}{'.'.join('0' * (4 - given))}/{8 * given}"
    if (masked := _MASKED.fullmatch(text)) is None:
        return None
    bits = "".join(f"{int(part):08b}" for part in masked[2].split(".") if int(part) < 256)
    return f"{masked[1]}/{bits.count('1')}" if re.fullmatch("1*0*", bits) and len(bits) == 32 else None
