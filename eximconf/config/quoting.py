"""Quoted strings: how Exim takes them apart when it reads, and escapes text when it shows it.

Spec: 6.16 "Format of option values", "String values".
"""

from __future__ import annotations

from eximconf.source.text import SourceText
from eximconf.syntax import escapes

SPACES = " \t\n\v\f\r"
_SHOWN = {"\n": "\\n", "\r": "\\r", "\b": "\\b", "\v": "\\v", "\f": "\\f", "\t": "\\t", '"': '\\"'}


def skip_space(text: str, at: int) -> int:
    """The offset of the first octet from *at* on that is no white space."""
    end = len(text)
    while at < end and text[at] in SPACES:
        at += 1
    return at


def dequote(text: str, at: int = 0) -> tuple[str, int]:
    """One word, or one string in double quotes, that starts at *at*; and the offset behind it.

    A NUL that an escape made ends the string, as it does in Exim. Never fails: a string without its
    closing quote runs to the end.
    """
    value, end = escapes.dequote(text, at)
    return value.partition("\0")[0], end


def dequote_source(source: SourceText) -> SourceText:
    """A whole quoted value without its quotes, its octets still knowing their origin.

    *source* starts with a double quote; what follows the closing one is dropped.
    """
    text = source.text
    parts: list[SourceText] = []
    at = begin = 1
    while at < len(text) and text[at] != '"':
        escape = escapes.ESCAPE.match(text, at)
        if escape is None:
            at += 1
            continue
        if at > begin:
            parts.append(source.slice(begin, at))
        parts.append(SourceText(escapes.unescape(escape[0]), source.slice(at, at + 1).segments))
        at = begin = escape.end()
    if not parts:
        return source.slice(1, at)
    parts.append(source.slice(begin, at))
    return SourceText.join(parts)


def printable(text: str, *, tab: bool = False, quotes: bool = False, topbit: bool = False) -> str:
    r"""*text* as Exim shows it: octets that do not print as ``\ooo`` or a letter.

    *tab*, *quotes*: escape those too. *topbit*: octets above 127 print as they are
    (``print_topbitchars``).
    """
    if text.isascii() and text.isprintable() and not (quotes and '"' in text):
        return text
    return "".join(_show(octet, tab, quotes, topbit) for octet in text)


def _show(octet: str, tab: bool, quotes: bool, topbit: bool) -> str:
    if octet == "\t":
        return "\\t" if tab else octet
    if octet == '"':
        return '\\"' if quotes else octet
    code = ord(octet)
    if 32 <= code < 127 or (topbit and code > 127):
        return octet
    return _SHOWN.get(octet) or f"\\{code:03o}"


def quoted(text: str) -> str:
    """*text* in double quotes, as Exim's messages show it."""
    return '"' + printable(text, tab=True, quotes=True) + '"'
