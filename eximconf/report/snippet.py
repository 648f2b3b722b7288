"""The source line of a finding with carets under the place, as a person reads it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from eximconf.report.display import visible, width
from eximconf.source.text import Location, SourceFile

_LONGEST = 160
"""Octets of a source line that are shown; a longer one is cut around the place."""
_HIDDEN = "<hidden>"
_HIDE = re.compile(r"^[ \t]*hide(?=[ \t])", re.MULTILINE)


def snippet(location: Location) -> tuple[str, str]:
    """The line (made visible) and the line of carets below it; two empty texts if there is no line.

    The value of an option that is marked ``hide`` is not shown. A place of several lines is marked
    up to the end of its first.
    """
    number, column = location.file.position(location.start)
    line = location.file.line(number)
    if not line.strip():
        return "", ""
    start = min(column - 1, len(line))
    end = min(max(start + 1, start + location.end - location.start), max(len(line), start + 1))
    shown_until = _visible_until(location.file, number, line)
    if shown_until is not None:
        line = shown_line(location.file, number)
        start, end = min(start, shown_until), min(end, len(line))
    line, start, end = _cut(line, start, end)
    return visible(line), " " * width(line[:start]) + "^" * max(1, width(line[start:end]))


def shown_line(file: SourceFile, number: int) -> str:
    """Line *number* of *file* (octets) without what is marked ``hide``."""
    line = file.line(number)
    until = _visible_until(file, number, line)
    return line if until is None else line[:until] + _HIDDEN


def _visible_until(file: SourceFile, number: int, line: str) -> int | None:
    """Where the secret part of *line* begins, or None if there is none."""
    hidden = _hidden_lines(file)
    at = bisect_right(hidden, (number, len(file.text))) - 1
    if at < 0 or number > hidden[at][1]:
        return None
    return line.find("=") + 1 if hidden[at][0] == number else 0


@lru_cache(maxsize=16)
def _hidden_lines(file: SourceFile) -> tuple[tuple[int, int], ...]:
    """The first and the last line of each option that is marked ``hide``."""
    found: list[tuple[int, int]] = []
    for match in _HIDE.finditer(file.text):
        first = last = file.position(match.end())[0]
        if found and first <= found[-1][1]:
            continue
        while file.line(last).rstrip().endswith("\\"):
            last += 1
        found.append((first, last))
    return tuple(found)


def _cut(line: str, start: int, end: int) -> tuple[str, int, int]:
    if len(line) <= _LONGEST:
        return line, start, end
    first = max(0, min(start - 40, len(line) - _LONGEST))
    part = line[first : first + _LONGEST]
    head, tail = "..." if first else "", "..." if first + _LONGEST < len(line) else ""
    shift = len(head) - first
    return head + part + tail, start + shift, min(end + shift, len(head) + len(part))
