"""How Exim shows octets in its own messages.

Non-printing octets become backslash escapes; inside quotation marks the newest Exim also escapes
tabs and double quotes, older ones show them as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from eximconf.catalog.model import NEWEST
from eximconf.runtime.settings import at_least, is_on

_NON_PRINTING = re.compile(r"[^\t\x20-\x7e]")
_NON_PRINTING_7BIT = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
_IN_QUOTES = re.compile(r'[^\x20-\x7e]|"')
_IN_QUOTES_7BIT = re.compile(r'[^\x20-\x7e\x80-\xff]|"')
_LETTERS = {"\n": "\\n", "\r": "\\r", "\b": "\\b", "\v": "\\v", "\f": "\\f", "\t": "\\t", '"': '\\"'}
_NOTHING: Mapping[str, str] = {}


def _escaped(match: re.Match[str]) -> str:
    octet = match.group()
    return _LETTERS.get(octet) or f"\\{ord(octet):03o}"


def printing(text: str, settings: Mapping[str, str] = _NOTHING) -> str:
    """*text* with every octet that does not print as an escape; tabs stay.

    *settings*: the main options; ``print_topbitchars`` lets octets above 127 through.
    """
    pattern = _NON_PRINTING_7BIT if is_on(settings, "print_topbitchars") else _NON_PRINTING
    return pattern.sub(_escaped, text)


def quoted(text: str, settings: Mapping[str, str] = _NOTHING, target: str = NEWEST) -> str:
    """*text* in double quotes as a message of Exim *target* shows it (4.98.2 does not escape)."""
    if not at_least(target, "4.99"):
        return f'"{text}"'
    pattern = _IN_QUOTES_7BIT if is_on(settings, "print_topbitchars") else _IN_QUOTES
    return f'"{pattern.sub(_escaped, text)}"'
