"""Backslash escapes, the same ones wherever Exim reads them. Spec: 6.16, 11.1."""

from __future__ import annotations

import re

ESCAPE = re.compile(r"\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{0,2}|[^0-7x])", re.DOTALL)
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_SPACE = " \t\n\v\f\r"


def unescape(raw: str) -> str:
    """The octet that one escape, backslash included, stands for."""
    if raw[1] in "01234567":
        return chr(int(raw[1:], 8) & 255)
    if raw[1] == "x":
        return chr(int(raw[2:] or "0", 16))
    return _LETTERS.get(raw[1], raw[1])


_ANY_SPACE = re.compile(r"[ \t-\r]")
_NOT_SHOWN = re.compile(r'[^\x20-\x7e]|"')
_WRITTEN = {octet: "\\" + letter for letter, octet in _LETTERS.items()} | {'"': '\\"'}


def shown(text: str) -> str:
    """*text* in double quotes as Exim's messages show it: octets that do not print are escapes."""
    return '"' + _NOT_SHOWN.sub(lambda found: _written(found[0]), text) + '"'


def _written(octet: str) -> str:
    return _WRITTEN.get(octet) or f"\\{ord(octet):03o}"


def dequote(text: str, at: int) -> tuple[str, int]:
    """The string at *at*, in double quotes with escapes or up to white space, and where it ends."""
    if text[at : at + 1] != '"':
        space = _ANY_SPACE.search(text, at)
        end = space.start() if space else len(text)
        return text[at:end], end
    out = []
    at += 1
    while at < len(text) and text[at] != '"':
        escape = ESCAPE.match(text, at)
        out.append(unescape(escape[0]) if escape else text[at])
        at = escape.end() if escape else at + 1
    return "".join(out), min(at + 1, len(text))
