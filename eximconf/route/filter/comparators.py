"""How Sieve filters compare texts. RFC 5228 2.7; RFC 4790."""

from __future__ import annotations

import re

from eximconf.runtime.value import ascii_lower
from eximconf.syntax.sieve_nodes import Matching

_DIGITS = re.compile("[0-9]*")
_PIECE = re.compile(r"\\(.)|(\\)\Z|(\?)|([^\\?]+)", re.DOTALL)
_STARS = re.compile(r"((?:[^\\*]|\\.|\\\Z)*)(\*|\Z)", re.DOTALL)


class CannotCompare(Exception):
    """The texts cannot be compared so; the argument says why, in Exim's words."""


def matches(key: str, text: str, how: Matching) -> bool:
    """Whether *text* is, contains or fits *key*. Raises `CannotCompare`."""
    if how.comparator == "numeric":
        if how.match != "is":
            raise CannotCompare("comparator does not offer specified matchtype")
        if not how.numeric:
            raise CannotCompare('missing previous require "comparator-i;ascii-numeric";')
        return _number(key) == _number(text)
    if how.comparator == "casemap":
        key, text = ascii_lower(key), ascii_lower(text)
    match how.match:
        case "is":
            return key == text
        case "contains":
            return bool(text) and key in text
    return _fits(key, text)


def _number(text: str) -> str:
    """The digits that *text* begins with; leading zeros count, as in every Exim seen."""
    found = _DIGITS.match(text)
    return found[0] if found is not None else ""


def _fits(pattern: str, text: str) -> bool:
    """Whether *pattern*, with ``*`` for any octets and ``?`` for one, fits all of *text*. Raises `CannotCompare`."""
    at, floats = 0, False
    for found in _STARS.finditer(pattern):
        part, star = found[1], found[2]
        if part:
            place = _place(part, text, at, floats, last=not star)
            if place is None:
                return False
            at, floats = place, False
        if not star:
            break
        floats = True
    return floats or at == len(text)


def _place(part: str, text: str, at: int, floats: bool, last: bool) -> int | None:
    """Where *part*, without stars, ends in *text*: at *at*, or if it *floats* at the first place behind; the *last*
    one at the end. None for nowhere."""
    source, broken = _source(part)
    regex = re.compile(source, re.DOTALL)
    found = regex.search(text, at) if floats else regex.match(text, at)
    if broken and found is not None:
        raise CannotCompare("syntactically invalid pattern")
    if found is None or not (last and floats):
        return None if found is None else found.end()
    size = found.end() - found.start()
    found = regex.match(text, max(len(text) - size, at))
    return None if found is None else found.end()


def _source(part: str) -> tuple[str, bool]:
    """A regular expression for *part*, and whether it ends in a backslash, which is no pattern."""
    out, broken = [], False
    for found in _PIECE.finditer(part):
        escaped, broken_end, one, plain = found.groups()
        broken |= broken_end is not None
        out.append("." if one else re.escape(escaped or plain or ""))
    return "".join(out), broken
