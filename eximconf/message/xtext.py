"""Text of parameters that hides special characters: ``+`` and two hexadecimal digits (RFC 3461, 4)."""

from __future__ import annotations

import re

_XTEXT = re.compile(r"(?:[!-*,-<>-\x7f]|\+[0-9A-Fa-f]{2})*\Z")
_HIDDEN = re.compile(r"\+([0-9A-Fa-f]{2})")


def decode_xtext(text: str) -> str | None:
    """The text that *text* stands for, None if it is malformed."""
    if _XTEXT.match(text) is None:
        return None
    return _HIDDEN.sub(lambda found: chr(int(found[1], 16)), text)


def encode_xtext(text: str) -> str:
    """*text* with what a parameter may not hold as ``+`` and two hexadecimal digits."""
    return "".join(char if "!" <= char <= "~" and char not in "+=" else f"+{ord(char):02X}" for char in text)
