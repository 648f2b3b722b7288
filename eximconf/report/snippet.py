"""The source line of a finding with carets under the place, as a person reads it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from eximconf.catalog.passwords import PASSWORD_FIELDS, PASSWORD_OPTIONS
from eximconf.report.display import visible, width
from eximconf.runtime.passwords import without_passwords
from eximconf.source.text import Location, SourceFile

_LONGEST = 160
"""Octets of a source line that are shown; a longer one is cut around the place."""
_HIDDEN = "<hidden>"
_SECRET = re.compile(
    rf"^[ \t]*(?:hide(?=[ \t])|(?:{'|'.join((*PASSWORD_FIELDS, *PASSWORD_OPTIONS))}"
    r"|(?:client|server)_\w*(?:pass|secr)\w*)\b)",
    re.MULTILINE,
)
"""The start of an option whose value is not shown; a misspelt one has a password, too."""
_MACRO = re.compile(r"^[ \t]*([A-Z]\w*)[ \t]*==?", re.MULTILINE)


def snippet(location: Location) -> tuple[str, str]:
    """The line (made visible) and the line of carets below it; two empty texts if there is no line.

    Passwords are not shown, nor the value of an option that is marked ``hide``. A place of several lines is
    marked up to the end of its first.
    """
    number, column = location.file.position(location.start)
    line = location.file.line(number)
    if not line.strip():
        return "", ""
    start = min(column - 1, len(line))
    end = min(max(start + 1, start + location.end - location.start), max(len(line), start + 1))
    shown_until = _visible_until(location.file, number, line)
    shown = shown_line(location.file, number)
    if shown_until is not None:
        start, end = min(start, shown_until), min(end, len(shown))
    elif shown != line:
        start, end = (len(without_passwords(line[:at])) for at in (start, end))
    line = shown
    line, start, end = _cut(line, start, end)
    return visible(line), " " * width(line[:start]) + "^" * max(1, width(line[start:end]))


def shown_line(file: SourceFile, number: int) -> str:
    """Line *number* of *file* (octets) without passwords, and without what is marked ``hide``."""
    line = file.line(number)
    until = _visible_until(file, number, line)
    return without_passwords(line) if until is None else line[:until] + _HIDDEN


def _visible_until(file: SourceFile, number: int, line: str) -> int | None:
    """Where the secret part of *line* begins, or None if nothing up to its end is secret."""
    hidden = _hidden_lines(file)
    at = bisect_right(hidden, (number, len(file.text))) - 1
    if at < 0 or number > hidden[at][1]:
        return None
    return line.find("=") + 1 if hidden[at][0] == number else 0


@lru_cache(maxsize=16)
def _hidden_lines(file: SourceFile) -> tuple[tuple[int, int], ...]:
    """The first and the last line of each option with a secret, and of the macros that are used for one."""
    found: list[tuple[int, int]] = []
    for match in _SECRET.finditer(file.text):
        first, last = _lines_from(file, match.end())
        if found and first <= found[-1][1]:
            continue
        found.append((first, last))
    if found:
        found += _macros_in(file, "\n".join(_text(file, *lines) for lines in found))
    return tuple(sorted(found))


def _macros_in(file: SourceFile, secret: str) -> list[tuple[int, int]]:
    """The lines that define macros whose names stand in *secret*, or in the value of such a macro."""
    unused: dict[str, list[tuple[int, int]]] = {}
    for match in _MACRO.finditer(file.text):
        unused.setdefault(match[1], []).append(_lines_from(file, match.end()))
    found: list[tuple[int, int]] = []
    while names := [name for name in unused if name in secret]:
        lines = [line for name in names for line in unused.pop(name)]
        secret = "\n".join(_text(file, *line).partition("=")[2] for line in lines)
        found += lines
    return found


def _lines_from(file: SourceFile, at: int) -> tuple[int, int]:
    """The first and the last line of what begins before offset *at*, continuations included."""
    first = last = file.position(at)[0]
    while file.line(last).rstrip().endswith("\\"):
        last += 1
    return first, last


def _text(file: SourceFile, first: int, last: int) -> str:
    return "\n".join(map(file.line, range(first, last + 1)))


def _cut(line: str, start: int, end: int) -> tuple[str, int, int]:
    if len(line) <= _LONGEST:
        return line, start, end
    first = max(0, min(start - 40, len(line) - _LONGEST))
    part = line[first : first + _LONGEST]
    head, tail = "..." if first else "", "..." if first + _LONGEST < len(line) else ""
    shift = len(head) - first
    return head + part + tail, start + shift, min(end + shift, len(head) + len(part))
