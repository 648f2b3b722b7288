"""A message as Exim spools it, with all that it counts: from the octets that a client sends. Spec: 48.9, 14.23
"header_maxsize", "message_size_limit".
"""

from __future__ import annotations

import re
from enum import Enum

from eximconf.message.headers import ReadHeaders, read_headers
from eximconf.message.line_ends import text_of
from eximconf.source.records import record

_HEADER_LINE = re.compile(r"[^\n]*\n(?:[ \t][^\n]*\n)*")


class Fault(Enum):
    """Why a message is refused for its form; the value is the reply."""

    LONG_HEADER = "552 Message header is ridiculously long"
    LONG_HEADER_LINE = "552 A message header line is too long"
    TOO_BIG = "552 Message size exceeds maximum permitted"


@record
class Limits:
    """Octets that a message, its header and one header line may have; 0: any number."""

    message: int = 0
    header: int = 0
    header_line: int = 0


@record
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


def receive(octets: str, limits: Limits, *, dots: bool = True) -> Received:
    """The message in *octets*, without the dot at its end. *dots*: lines may begin with one that does not count;
    not so with BDAT."""
    found = text_of(octets, dots=dots)
    text, folds = found.text, found.folds
    read = read_headers(text)
    if not read.complete:  # a line that is a dot, after another dot was taken away
        read = ReadHeaders(read.lines, read.end + 2, ".\n")
    fault = None
    if _reaches(read, limits):
        read, fault = _limited(text, read, limits)
    rest = body = text[read.end :]
    blank, end = read.stopped == "\n", read.end
    if read.stopped and not blank:
        body = text[text.rfind("\n", 0, max(end - 1, 0)) + 1 :]
        end = _behind_folds(text, end)
    size = sum(map(len, read.lines)) + len(body) + blank
    body_lines = text.count("\n", end) + (len(body) > len(rest))
    if fault is None and 0 < limits.message < size and rest:
        fault = Fault.TOO_BIG
    return Received(
        read.lines, body, size, text.count("\n", 0, end) - folds + body_lines, body_lines, body.count("\0"),
        max(found.longest, *map(len, (rest if found.longest else text).split("\n"))), fault,
    )  # fmt: skip


def passes_limits(octets: str, limits: Limits) -> bool:
    """Whether the first line of a message, with those that continue it, makes its header, or the message, too long."""
    found = _HEADER_LINE.match(octets)
    if found is None:
        return False
    size = len(found[0]) - found[0].count("\r\n")
    return 0 < limits.header < size or 0 < limits.message < size


def _behind_folds(text: str, end: int) -> int:
    """The place behind the lines at *end* that continue the one before."""
    while text[end : end + 1] in (" ", "\t"):
        end = text.find("\n", end) + 1 or len(text)
    return end


def _reaches(read: ReadHeaders, limits: Limits) -> bool:
    """Whether the header may be longer than one of the limits."""
    return (
        0 < limits.header <= read.end
        or 0 < limits.message < read.end
        or (limits.header_line > 0 and any(len(line) > limits.header_line for line in read.lines))
    )


def _limited(text: str, read: ReadHeaders, limits: Limits) -> tuple[ReadHeaders, Fault | None]:
    """The header up to the first limit that it passes. A header line beyond the limit for the message counts as its
    body, and only what comes after it makes the message too big."""
    total = 0
    for number, found in enumerate(_HEADER_LINE.finditer(text)):
        octets = total + len(found[0])
        if found[0] == "\n":
            break
        if 0 < limits.header < octets:
            return read, Fault.LONG_HEADER
        if 0 < limits.message < octets:
            return ReadHeaders(read.lines[:number], found.end(), found[0]), None
        if number == len(read.lines):
            break
        line = read.lines[number]
        if 0 < limits.header_line < len(line):
            return read, Fault.LONG_HEADER_LINE
        total += len(line)
    return read, None


def lost_in(octets: str, *, dots: bool = True) -> str:
    """Where the message broke off whose *octets* have come so far, as Exim's log says it."""
    received = receive(octets, Limits(), dots=dots)
    text = octets.replace("\r\n", "\n")
    if received.body or "\n\n" in text or text.startswith("\n"):
        return ""
    return " (after header)" if text.endswith("\n") else " (header)"
