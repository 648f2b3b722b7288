"""Comments that take back findings: ``# exim-conf: ignore[EX301] reason``.

Such a comment covers its own line. Where the line is nothing but a comment it also covers the next line
that is neither empty nor a comment, with its continuation lines.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from eximconf.source.diagnostic import Diagnostic
from eximconf.source.text import Location, SourceFile

_COMMENT = re.compile(r"#[ \t]*exim-conf:[ \t]*(\w+)?[ \t]*(?:\[([^\]\n]*)\])?")


class Suppression(NamedTuple):
    """One comment. *codes* as written, empty if it is malformed; *lines*: the first and last covered."""

    location: Location
    codes: tuple[str, ...]
    lines: tuple[int, int]

    def names(self, word: str, line: int) -> bool:
        """Whether it covers *line* and names *word*, the code or the name of a rule."""
        return word in self.codes and self.lines[0] <= line <= self.lines[1]


class Suppressions:
    """The comments of one file, in the order in which they stand, and what they took back."""

    def __init__(self, file: SourceFile) -> None:
        self.comments = list(_in_file(file))
        self._firsts = [comment.lines[0] for comment in self.comments]
        self._lasts = list(accumulate((comment.lines[1] for comment in self.comments), max))
        self._used: set[tuple[int, str]] = set()
        self._asked: dict[tuple[int, str], bool] = {}

    def cover(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment takes *diagnostic*, which is about this file, back."""
        place = diagnostic.location
        if place is None:
            return False
        line = place.line
        by_code, by_name = self._name(line, diagnostic.code), self._name(line, diagnostic.name)
        return by_code or by_name

    def unused(self) -> Iterator[tuple[Suppression, str]]:
        """The words that took nothing back, with their comments."""
        for number, comment in enumerate(self.comments):
            yield from ((comment, word) for word in comment.codes if (number, word) not in self._used)

    def _name(self, line: int, word: str) -> bool:
        """Whether comments that cover *line* name *word*; they are of use then."""
        if (line, word) not in self._asked:
            near = range(bisect_left(self._lasts, line), bisect_right(self._firsts, line))
            naming = [number for number in near if self.comments[number].names(word, line)]
            self._used.update((number, word) for number in naming)
            self._asked[line, word] = bool(naming)
        return self._asked[line, word]


def suppressions(files: Iterable[SourceFile]) -> dict[SourceFile, Suppressions]:
    """The comments of those *files* that have any."""
    return {file: Suppressions(file) for file in files if "exim-conf:" in file.text}


def _in_file(file: SourceFile) -> Iterator[Suppression]:
    target = last = 0
    for match in _COMMENT.finditer(file.text):
        codes = tuple((match[2] or "").replace(",", " ").split()) if match[1] == "ignore" else ()
        codes = tuple(code.upper() if code[:2].lower() == "ex" and code[2:].isdigit() else code for code in codes)
        line = file.position(match.start())[0]
        alone = file.line(line).lstrip().startswith("#")
        if alone and line >= target:
            target, last = _next(file, line)
        yield Suppression(Location(file, match.start(), match.end()), codes, (line, last if alone else line))


def _next(file: SourceFile, line: int) -> tuple[int, int]:
    """The first and the last line of what stands behind the comments from *line* on."""
    end = file.position(len(file.text))[0]
    line += 1
    while line < end and (not file.line(line).strip() or file.line(line).lstrip().startswith("#")):
        line += 1
    first = line
    while line < end and file.line(line).rstrip().endswith("\\"):
        line += 1
    return first, line
