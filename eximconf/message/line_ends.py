"""The octets that a client sends for a message, as text whose lines end with LF.

Dots that SMTP puts before lines are taken away. A CR alone ends a line; in the header the next one continues it.
Where the first line has ended with CR LF an LF alone ends no line: it folds a header line and is a space in the body,
so that nothing can be hidden in a message. RFC 5321, 4.5.2; RFC 3030; spec: 48.2 "Line endings".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from eximconf.message.headers import is_header_line

_BARE = re.compile(r"\r(?!\n)|(?<!\r)\n")
_STRICT_LINE = re.compile(r"((?:[^\r]|\r(?!\n))*)(\r\n|\Z)")
_LINE = re.compile(r"([^\n]*)(\n|\Z)")
_DOT_AFTER_CRLF = re.compile(r"(\A|\r\n)\.")
_DOT_AFTER_LF = re.compile(r"(\A|\n)\.")
_STRICT_END = re.compile(r"\r\n|[\r\n]")
_FOLD = re.compile(r"[\r\n]")


class MessageText(NamedTuple):
    """A message as *text*. *folds*: line ends in its header that a CR alone has made, which do not count as lines;
    *longest*: octets of the longest line of the header, 0 where that can be seen in the text."""

    text: str
    folds: int = 0
    longest: int = 0


def first_line_is_strict(octets: str) -> bool:
    """Whether the first line ends with CR LF; True where there is no line end."""
    end = octets.find("\n")
    return end < 0 or octets[end - 1 : end] == "\r"


def hides_header(octets: str) -> bool:
    """Whether the first line of a message that comes in chunks is a header line, but does not end with CR LF."""
    return not first_line_is_strict(octets) and is_header_line(octets)


def text_of(octets: str, *, dots: bool) -> MessageText:
    """The text of a message. *dots*: lines may begin with one that does not count."""
    if _BARE.search(octets) is None:
        return MessageText(_plain(octets, dots))
    strict = first_line_is_strict(octets)
    header = _read_header(octets, strict, dots)
    text = header.text + _body_text(octets[header.end :], strict and dots, dots)
    return MessageText(text, header.folds, header.longest)


def _plain(octets: str, dots: bool) -> str:
    """The text where all lines end with CR LF."""
    text = octets.replace("\r\n", "\n")
    if dots and "." in text:
        text = text.replace("\n.", "\n").removeprefix(".")
    return text


class _Header(NamedTuple):
    """The header of a message that has bare CRs or LFs, up to the empty line or the line that is no header line, and
    where its octets *end*; the rest as in a `MessageText`."""

    text: str
    end: int
    folds: int
    longest: int


def _read_header(octets: str, strict: bool, dots: bool) -> _Header:
    pattern = _STRICT_LINE if strict else _LINE
    lines: list[str] = []
    at = folds = longest = 0
    named = True
    while at < len(octets) and (named or octets[at] in " \t"):
        found = pattern.match(octets, at)
        if found is None:
            break
        line = found[1].removeprefix(".") if dots else found[1]
        if strict and line[:1] == "\n":  # ends the header, and is a space behind it
            lines.append("\n ")
            at = found.end(1) - len(line) + 1
            break
        if not strict:
            line = line.removesuffix("\r")
        if not lines or octets[at] not in " \t":
            named = is_header_line(line)
        at = found.end()
        lines.append(_FOLD.sub("\n ", line) + "\n")
        folds += line.count("\r")
        longest = max(longest, _length(line))
        if line == "":
            break
    return _Header("".join(lines), at, folds, longest)


def _length(line: str) -> int:
    """The octets of the longest line that *line* becomes; a CR makes a fold of two octets in it, but no line."""
    return max(len(part) + part.count("\r") for part in line.replace("\n", "\n ").split("\n"))


def _body_text(octets: str, strict: bool, dots: bool) -> str:
    """The body with LF as line end."""
    if dots:
        octets = (_DOT_AFTER_CRLF if strict else _DOT_AFTER_LF).sub(r"\1", octets)
    bare = " " if strict else "\n"
    return _STRICT_END.sub(lambda end: bare if end[0] == "\n" else "\n", octets)
