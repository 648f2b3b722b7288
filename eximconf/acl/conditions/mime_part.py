"""The content of a MIME part without its transfer encoding, as Exim's scanner sees it: it takes what is broken
for what it can. Spec: 45.4 "The MIME ACL"; RFC 2045.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SOFT_END = re.compile(r"=[ \t\r]*\n")
_SEXTETS = {
    char: value
    for value, char in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}


class Decoded(NamedTuple):
    """*text*: octets, latin-1. *anomaly*: what was wrong, as ``$mime_anomaly_level`` and ``_text``; None for
    nothing."""

    text: str
    anomaly: tuple[int, str] | None = None


_BROKEN_QUOTED = (1, "Broken Quoted-Printable encoding detected")
_BROKEN_BASE64 = (2, "Broken BASE64 encoding detected")


def decode_part(text: str, encoding: str) -> Decoded:
    """*text* without *encoding*, a word of ``Content-Transfer-Encoding`` in small letters; any other than
    ``base64`` and ``quoted-printable`` leaves it as it is."""
    if encoding == "base64":
        return _base64(text)
    return _quoted_printable(text) if encoding == "quoted-printable" else Decoded(text)


def _base64(text: str) -> Decoded:
    """Padding counts as a character without a value, and what is no character of the code is passed over."""
    out: list[str] = []
    bits = state = 0
    broken = False
    for char in text:
        value = _SEXTETS.get(char)
        if value is None and char != "=":
            broken = broken or char not in "\r\n"
            continue
        if value is not None:
            bits = (bits << 6 | value) & 0xFFFFFF
            if state:
                out.append(chr(bits >> (6 - 2 * state) & 0xFF))
        else:
            bits <<= 6
        state = (state + 1) & 3
    if state:
        out.append(chr(bits << 2 * state & 0xFF))
    return Decoded("".join(out), _BROKEN_BASE64 if broken else None)


def _quoted_printable(text: str) -> Decoded:
    out: list[str] = []
    at, broken = 0, False
    while (found := text.find("=", at)) >= 0:
        out.append(text[at:found])
        digits = text[found + 1 : found + 3]
        soft = _SOFT_END.match(text, found)
        if len(digits) == 2 and all(digit in "0123456789abcdefABCDEF" for digit in digits):
            out.append(chr(int(digits, 16)))
            at = found + 3
        elif soft is not None:
            at = soft.end()
        else:
            broken = True
            out.append("=")
            at = found + 1
    out.append(text[at:])
    return Decoded("".join(out), _BROKEN_QUOTED if broken else None)
