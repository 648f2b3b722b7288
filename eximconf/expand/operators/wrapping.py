"""Wrapping a text into the lines of a header."""

from __future__ import annotations

from eximconf.expand.bounds import LONGEST, TOO_LONG
from eximconf.runtime.machine import SPACES
from eximconf.runtime.outcome import ExpansionFailed

_NO_LIMIT = (1 << 31) - 1


class _Breaks:
    """Finds the places where the text itself asks for a new line: ``\\n`` spelt out, or a line end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found = {"\\": -1, "\n": -1}

    def after(self, at: int) -> tuple[int, int] | None:
        """Place and width of the next break; the spelt-out one is preferred if it is the next backslash."""
        backslash = self._next("\\", at)
        if backslash < len(self.text) and self.text.startswith("n", backslash + 1):
            return backslash, 2
        newline = self._next("\n", at)
        return (newline, 1) if newline < len(self.text) else None

    def _next(self, char: str, at: int) -> int:
        if self.found[char] < at:
            place = self.text.find(char, at)
            self.found[char] = place if place >= 0 else len(self.text)
        return self.found[char]


def wrap_header(text: str, columns: int, limit: int, indent: str, indent_width: int) -> str:
    """*text* in lines of at most *columns*, the later ones begun with *indent*, *limit* octets in all.

    A line that is too long is broken at its last white space, else anywhere; 0 for *columns* or
    *limit* means none. The last line is not cut off at the limit. Where the indent
    leaves no room (*columns* not above *indent_width*), empty lines follow up to the limit, as 4.98.2 and
    4.100-dev do.
    """
    columns, limit = columns or _NO_LIMIT, limit or _NO_LIMIT
    breaks = _Breaks(text)
    lines: list[str] = []
    at, size, used = 0, 0, 0
    remaining = len(text)  # lags behind by the width of each break met, as in Exim
    while at < len(text):
        start = at
        place = breaks.after(at)
        end, width = place or (at + remaining, 0)
        if used + end - at > columns:
            line, step = _cut(text, at, columns - used)
            at += step
        else:
            line, step = text[at:end], end - at
            at = end + width
        lines.append(line)
        size += len(line)
        if at >= len(text):
            break
        if size >= limit:
            return "".join(lines)[:limit]
        if size > LONGEST:
            raise ExpansionFailed(TOO_LONG)
        if at == start:
            return _filled("".join(lines), "\n" + indent, limit)
        remaining -= step
        lines.append("\n" + indent)
        size += 1 + len(indent)
        used = indent_width
    return "".join(lines)


def _filled(text: str, line: str, limit: int) -> str:
    """*text* and then *line* again and again up to *limit*: there is no room for anything else."""
    if limit > LONGEST:
        raise ExpansionFailed("header wrapping does not come to an end")
    return (text + line * (limit // len(line) + 1))[:limit]


def _cut(text: str, at: int, room: int) -> tuple[str, int]:
    """The next line of at most *room* octets, and how far it reaches with the space after it."""
    for place in range(min(at + room, len(text) - 1), at + 10, -1):
        if text[place] in SPACES:
            break
    else:
        room = max(room, 0)
        return text[at : at + room], room
    rest = place + 1
    while rest < len(text) and text[rest] in SPACES:
        rest += 1
    return text[at : at + 1] + text[at + 1 : place].rstrip(SPACES), rest - at
