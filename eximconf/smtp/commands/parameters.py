"""The parameters behind an address in MAIL and RCPT (RFC 5321, 4.1.1.11), read from the end as Exim does."""

from __future__ import annotations

import re
from typing import NamedTuple

from eximconf.runtime.list_text import SPACE

_BREAK = re.compile(r"[\s=]", re.ASCII)
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Parameter(NamedTuple):
    """The last parameter of a command: *name* in capitals, *value* (the name itself where there is no ``=``), what
    stands *before* it and the space in front, and the parameter as it is *written*."""

    name: str
    value: str
    before: str
    written: str


def last_parameter(text: str) -> Parameter | None:
    """The last parameter of *text*, None if it ends with something else.

    White space in quotes, as in local parts, ends no parameter.
    """
    text = text.rstrip(SPACE)
    if _BREAK.search(text) is None:
        return None
    at = len(text) - 1
    while at > 0 and text[at] != "=" and text[at] not in SPACE:
        if text[at] == '"':
            at = text.rfind('"', 0, at)
            if at <= 0:
                return None
        at -= 1
    if at <= 0:
        return None
    if text[at] != "=":  # a word alone: the address, or a parameter without a value
        name = text[at + 1 :]
        return Parameter(name.upper(), name, text[:at], name)
    start = at
    while start > 0 and text[start - 1] in _LETTERS:
        start -= 1
    if start <= 0 or text[start - 1] not in SPACE:
        return None
    return Parameter(text[start:at].upper(), text[at + 1 :], text[: start - 1], text[start:])
