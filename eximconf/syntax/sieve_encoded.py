"""``${hex:…}`` and ``${unicode:…}`` in the strings of a Sieve filter. RFC 5228 2.4.2.4."""

from __future__ import annotations

import re

_HEX = re.compile(r"[ \t\n]*([0-9a-f]{1,2}(?:[ \t\n]+[0-9a-f]{1,2})*)[ \t\n]*\Z", re.IGNORECASE)
_ENCODED = re.compile(r"\$\{(hex|unicode):", re.IGNORECASE)
_ONE = re.compile(r"0*([0-9a-f]{0,7})", re.IGNORECASE)
_BLANK = re.compile(r"[ \t\n]*")


class OutOfRange(Exception):
    """A number is that of no character."""


def decode_characters(text: str) -> str:
    """*text* with encoded characters decoded to octets, Unicode to UTF-8; what is no encoding stays.

    Raises `OutOfRange`.
    """
    out: list[str] = []
    at = brace = 0
    while (begin := _ENCODED.search(text, at)) is not None:
        brace = text.find("}", begin.end()) if brace < begin.end() else brace
        if brace < 0:
            break
        out.append(text[at : begin.start()])
        at = begin.start()
        if begin[1].lower() == "hex":
            found = _HEX.match(text, begin.end(), brace)
            octets = None if found is None else "".join(chr(int(pair, 16)) for pair in found[1].split())
        else:
            octets = _characters(text, begin.end(), brace)
        if octets is None:
            out.append(text[at])
            at += 1
        else:
            out.append(octets)
            at = brace + 1
    out.append(text[at:])
    return "".join(out)


def _characters(text: str, at: int, end: int) -> str | None:
    """The octets of the numbers from *at* to *end*, None if something else is there. Raises `OutOfRange`."""
    out: list[str] = []
    at = _end_of_blank(text, at)
    while True:
        found = _ONE.match(text, at, end)
        if found is None or found.end() == at:
            return None
        number = int(found[1] or "0", 16)
        if len(found[1]) == 7 or 0xD800 <= number < 0xE000 or number > 0x10FFFF:
            raise OutOfRange
        out.append(chr(number).encode("utf-8").decode("latin-1"))
        at = _end_of_blank(text, found.end())
        if at == end:
            return "".join(out)
        if at == found.end():
            return None


def _end_of_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    assert found is not None
    return found.end()
