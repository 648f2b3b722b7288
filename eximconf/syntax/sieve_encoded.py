"""``${hex:…}`` and ``${unicode:…}`` in the strings of a Sieve filter. RFC 5228 2.4.2.4."""

from __future__ import annotations

import re

_HEX = re.compile(
    r"\$\{hex:(?=[ \t\n]*[0-9a-f])[ \t\n]*([0-9a-f]{1,2}(?:[ \t\n]+[0-9a-f]{1,2})*)[ \t\n]*\}",
    re.IGNORECASE,
)
_UNICODE = re.compile(r"\$\{unicode:([^}]*)\}", re.IGNORECASE)
_ENCODED = re.compile(r"\$\{(?:hex|unicode):", re.IGNORECASE)
_ONE = re.compile(r"0*([0-9a-f]{0,7})", re.IGNORECASE)
_BLANK = re.compile(r"[ \t\n]*")


class OutOfRange(Exception):
    """A number is that of no character."""


def decode_characters(text: str) -> str:
    """*text* with encoded characters decoded to octets, Unicode to UTF-8; what is no encoding stays.

    Raises `OutOfRange`.
    """
    out: list[str] = []
    at = 0
    while (begin := _ENCODED.search(text, at)) is not None:
        out.append(text[at : begin.start()])
        at = begin.start()
        if found := _HEX.match(text, at):
            out.append("".join(chr(int(pair, 16)) for pair in found[1].split()))
            at = found.end()
            continue
        found = _UNICODE.match(text, at)
        characters = _characters(found[1]) if found is not None else None
        if found is None or characters is None:
            out.append(text[at])
            at += 1
        else:
            out.append(characters)
            at = found.end()
    out.append(text[at:])
    return "".join(out)


def _characters(text: str) -> str | None:
    """The octets of the numbers in *text*, None if it does not consist of numbers. Raises `OutOfRange`."""
    out: list[str] = []
    at = _end_of_blank(text, 0)
    while True:
        found = _ONE.match(text, at)
        if found is None or found.end() == at:
            return None
        number = int(found[1] or "0", 16)
        if len(found[1]) == 7 or 0xD800 <= number < 0xE000 or number > 0x10FFFF:
            raise OutOfRange
        out.append(chr(number).encode("utf-8").decode("latin-1"))
        at = found.end()
        if at == len(text):
            return "".join(out)
        if _end_of_blank(text, at) == at:
            return None
        at = _end_of_blank(text, at)
        if at == len(text):
            return "".join(out)


def _end_of_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    assert found is not None
    return found.end()
