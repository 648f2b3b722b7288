"""Filters of LDAP searches, from text to the octets of the protocol. Source: RFC 4515 and RFC 4511, 4.5.1.7; where
OpenLDAP's library takes more than they say, so does this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eximconf.lookup.ber import octet_string, tagged

_AND, _OR, _NOT = 0xA0, 0xA1, 0xA2
_EQUAL, _SUBSTRINGS, _AT_LEAST, _AT_MOST, _PRESENT, _LIKE, _EXTENSIBLE = (
    0xA3,
    0xA4,
    0xA5,
    0xA6,
    0x87,
    0xA8,
    0xA9,
)
_INITIAL, _ANY, _FINAL = 0x80, 0x81, 0x82
_RULE, _TYPE, _VALUE, _NAMES_TOO = 0x81, 0x82, 0x83, 0x84
_ORDERS = {"~": _LIKE, ">": _AT_LEAST, "<": _AT_MOST}
_JUNCTIONS = {"&": _AND, "|": _OR, "!": _NOT}
_NAME = r"(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)*)"
_DESCRIPTION = re.compile(rf"{_NAME}(?:;[A-Za-z0-9-]+)*")
_EXTENDED = re.compile(rf"({_NAME}(?:;[A-Za-z0-9-]+)*)?(:[dD][nN])?(?::({_NAME}|))?")
_JUNCTION = re.compile(r"\( *([&|!]) *")
_USUAL = re.compile(r"\(([A-Za-z][A-Za-z0-9-]*)=([^()*\\]*)\)")
"""A test for a value without any special character, in parentheses."""
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2}|[()*\\])")
_DEEPEST = 100


class BadFilter(ValueError):
    """The text is no filter."""


def filter_octets(text: str) -> bytes:
    """The filter *text* (octets, latin-1 decoded) as the protocol has it. Raises `BadFilter`."""
    start = _spaces(text, 0)
    if not text.startswith("(", start):
        return _simple(text)
    octets, end = _in_parentheses(text, start, 0)
    if end != len(text) and _spaces(text, end) != len(text):
        raise BadFilter
    return octets


def _in_parentheses(text: str, start: int, depth: int) -> tuple[bytes, int]:
    """The filter whose parenthesis is at *start*, and where it ends."""
    usual = _USUAL.match(text, start)
    if usual is not None:
        name, value = usual.groups()
        test = octet_string(name.encode("latin-1")) + octet_string(value.encode("latin-1"))
        return tagged(_EQUAL, test), usual.end()
    if depth > _DEEPEST:
        raise BadFilter
    found = _JUNCTION.match(text, start)
    if found is None:
        at, end = _spaces(text, start + 1), _closing(text, start)
        return _simple(text[at:end]), end + 1
    junction, at, parts = _JUNCTIONS[found[1]], found.end(), []
    while text.startswith("(", at):
        part, at = _in_parentheses(text, at, depth + 1)
        parts.append(part)
        if text.startswith(" ", at):
            at = _spaces(text, at)
    if not text.startswith(")", at) or (junction == _NOT and len(parts) != 1):
        raise BadFilter
    return tagged(junction, b"".join(parts)), at + 1


def _closing(text: str, start: int) -> int:
    """Where the parenthesis at *start* is closed. One behind a backslash does not count."""
    depth, at = 0, start
    while at < len(text):
        match text[at]:
            case "\\":
                at += 1
            case "(":
                depth += 1
            case ")":
                depth -= 1
                if not depth:
                    return at
        at += 1
    raise BadFilter


def _simple(text: str) -> bytes:
    """A test of one attribute."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise BadFilter
    if name[-1] == ":":
        return _extensible(name[:-1], value)
    order = _ORDERS.get(name[-1])
    if order is not None:
        return tagged(order, octet_string(_described(name[:-1])) + octet_string(_value(value)))
    described = _described(name)
    if value == "*":
        return tagged(_PRESENT, described)
    if "*" in value:
        pieces = list(_pieces(value))
        if len(pieces) > 1:
            return tagged(_SUBSTRINGS, octet_string(described) + tagged(0x30, _substrings(pieces)))
    return tagged(_EQUAL, octet_string(described) + octet_string(_value(value)))


def _described(name: str) -> bytes:
    if not _DESCRIPTION.fullmatch(name):
        raise BadFilter
    return name.encode("latin-1")


def _extensible(name: str, value: str) -> bytes:
    found = _EXTENDED.fullmatch(name)
    if not found or not (found[1] or found[3]):
        raise BadFilter
    parts = b""
    if found[3]:
        parts += tagged(_RULE, found[3].encode("latin-1"))
    if found[1]:
        parts += tagged(_TYPE, found[1].encode("latin-1"))
    parts += tagged(_VALUE, _value(value))
    return tagged(_EXTENSIBLE, parts + (tagged(_NAMES_TOO, b"\xff") if found[2] else b""))


def _pieces(value: str) -> Iterator[str]:
    """What stands between the stars of *value*, those behind a backslash left out."""
    start = at = 0
    while at < len(value):
        if value[at] == "\\":
            at += 1
        elif value[at] == "*":
            yield value[start:at]
            start = at + 1
        at += 1
    yield value[start:]


def _substrings(pieces: list[str]) -> bytes:
    last = len(pieces) - 1
    if not all(pieces[1:-1]):
        raise BadFilter
    return b"".join(
        tagged(_INITIAL if not number else _FINAL if number == last else _ANY, _value(piece))
        for number, piece in enumerate(pieces)
        if piece
    )


def _value(text: str) -> bytes:
    """A value with its escapes resolved: two digits, or a character that means something else on its own."""
    if "(" in text or ")" in text or "*" in text or "\\" in text:
        rest = _ESCAPE.sub("", text)
        if not _MEANING.isdisjoint(rest):
            raise BadFilter
        text = _ESCAPE.sub(lambda found: found[1] if len(found[1]) == 1 else chr(int(found[1], 16)), text)
    return text.encode("latin-1")


_MEANING = frozenset("()*\\")


def _spaces(text: str, at: int) -> int:
    """Where the spaces at *at* end."""
    while text.startswith(" ", at):
        at += 1
    return at
