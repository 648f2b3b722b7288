"""From the octets that a client sends for a message to its header lines and its body, as Exim spools them.

Lines end with LF then. Dots that SMTP puts before lines are taken away. A CR alone ends a line; in the header
the next one continues it. Where the first line has ended with CR LF an LF alone ends no line: it folds a header
line and is a space in the body, so that nothing can be hidden in a message. RFC 5321, 4.5.2; RFC 3030;
spec: 48.2 "Line endings".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from eximconf.message.headers import read_headers

_BARE = re.compile(r"\r(?!\n)|(?<!\r)\n")
_STRICT_LINE = re.compile(r"((?:[^\r]|\r(?!\n))*)(\r\n|\Z)")
_LINE = re.compile(r"([^\n]*)(\n|\Z)")
_DOT_AFTER_CRLF = re.compile(r"(\A|\r\n)\.")
_DOT_AFTER_LF = re.compile(r"(\A|\n)\.")
_STRICT_END = re.compile(r"\r\n|[\r\n]")


class Fault(Enum):
    """Why a message is refused for its form; the value is the reply."""

    LONG_HEADER = "552 Message header is ridiculously long"
    LONG_HEADER_LINE = "552 A message header line is too long"
    TOO_BIG = "552 Message size exceeds maximum permitted"


@dataclass(frozen=True, slots=True)
class Limits:
    """Octets that a message, its header and one header line may have; 0: any number."""

    message: int = 0
    header: int = 0
    header_line: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came.

    *headers*: the header lines; *body*: what is behind the empty line. *size*: of both in octets, *lines* and
    *body_lines*: numbers of lines; *zeros*: NUL octets in the body; *longest*: octets of the longest line.
    """

    headers: list[str]
    body: str
    size: int
    lines: int
    body_lines: int
    zeros: int
    longest: int
    fault: Fault | None = None


def first_line_is_strict(octets: str) -> bool:
    """Whether the first line ends with CR LF; True where there is no line end."""
    end = octets.find("\n")
    return end < 0 or octets[end - 1 : end] == "\r"


def receive(octets: str, limits: Limits, *, dots: bool = True) -> Received:
    """The message in *octets*, without the dot at its end. *dots*: lines may begin with one that does not count;
    not so with BDAT."""
    strict = first_line_is_strict(octets)
    if _BARE.search(octets) is None:
        return _received(_plain(octets, dots), limits)
    header, rest = _header_text(octets, strict, dots)
    return _received(header + _body_text(rest, strict and dots, dots), limits)


def _plain(octets: str, dots: bool) -> str:
    """The text where all lines end with CR LF."""
    text = octets.replace("\r\n", "\n")
    if dots and "." in text:
        text = text.replace("\n.", "\n").removeprefix(".")
    return text


def _header_text(octets: str, strict: bool, dots: bool) -> tuple[str, str]:
    """The header with LF as line end, up to the empty line, and the octets behind it. Where something that is no header
    line ends the header, that is left to the reading of the text."""
    pattern = _STRICT_LINE if strict else _LINE
    text, at = "", 0
    while at < len(octets):
        found = pattern.match(octets, at)
        if found is None:
            break
        line = found[1]
        if dots and line[:1] == ".":
            line = line[1:]
        if strict and line[:1] == "\n":  # an LF alone where a line begins ends the header
            return text + "\n", " " + octets[found.start(1) + (len(found[1]) - len(line)) + 1 :]
        if not strict:
            line = line.removesuffix("\r")
        at = found.end()
        text += line.replace("\r", "\n ").replace("\n", "\n ").replace("\n  ", "\n ") + "\n"
        if line == "":
            break
    return text, octets[at:]


def _body_text(octets: str, strict: bool, dots: bool) -> str:
    """The body with LF as line end."""
    if dots:
        octets = (_DOT_AFTER_CRLF if strict else _DOT_AFTER_LF).sub(r"\1", octets)
    bare = " " if strict else "\n"
    return _STRICT_END.sub(lambda end: bare if end[0] == "\n" else "\n", octets)


def _received(text: str, limits: Limits) -> Received:
    read = read_headers(text)
    stopped, end = read.stopped, read.end
    if not read.complete:  # a line that is a dot, after another dot was taken away
        stopped, end = ".\n", end + 2
    body = text[end:] if stopped == "\n" else stopped + text[end:]
    size = sum(map(len, read.lines)) + len(body) + (stopped == "\n")
    return Received(
        read.lines, body, size, text.count("\n"), body.count("\n"), body.count("\0"),
        max(map(len, text.split("\n"))), _fault(end, read.lines, size, limits),
    )  # fmt: skip


def _fault(end: int, headers: list[str], size: int, limits: Limits) -> Fault | None:
    if 0 < limits.header <= end:
        return Fault.LONG_HEADER
    if limits.header_line > 0 and any(len(line) > limits.header_line for line in headers):
        return Fault.LONG_HEADER_LINE
    return Fault.TOO_BIG if 0 < limits.message < size else None


def lost_in(octets: str, *, dots: bool = True) -> str:
    """Where the message broke off whose *octets* have come so far, as Exim's log says it."""
    received = receive(octets, Limits(), dots=dots)
    text = octets.replace("\r\n", "\n")
    if received.body or "\n\n" in text or text.startswith("\n"):
        return ""
    return " (after header)" if text.endswith("\n") else " (header)"
