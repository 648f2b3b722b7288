"""Comments that take back findings: ``# exim-conf: ignore[EX301] reason``.

Such a comment covers its own line. Where the line is nothing but a comment it also covers the next line
that is neither empty nor a comment, with its continuation lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from eximconf.source.diagnostic import Diagnostic
from eximconf.source.text import Location, SourceFile

_COMMENT = re.compile(r"#[ \t]*exim-conf:[ \t]*(\w+)?[ \t]*(?:\[([^\]\n]*)\])?")


class Suppression(NamedTuple):
    """One comment. *codes* as written, empty if it is malformed; *lines*: the first and last covered."""

    location: Location
    codes: tuple[str, ...]
    lines: tuple[int, int]

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether this comment takes *diagnostic* back."""
        place = diagnostic.location
        if place is None or place.file is not self.location.file:
            return False
        first, last = self.lines
        return first <= place.line <= last and (diagnostic.code in self.codes or diagnostic.name in self.codes)


def suppressions(files: Iterable[SourceFile]) -> list[Suppression]:
    """All such comments in *files*, in the order in which they stand."""
    return [found for file in files if "exim-conf:" in file.text for found in _in_file(file)]


def _in_file(file: SourceFile) -> Iterable[Suppression]:
    for match in _COMMENT.finditer(file.text):
        codes = tuple((match[2] or "").replace(",", " ").split()) if match[1] == "ignore" else ()
        codes = tuple(code.upper() if code[:2].lower() == "ex" and code[2:].isdigit() else code for code in codes)
        line = file.position(match.start())[0]
        last = _covered(file, line) if file.line(line).lstrip().startswith("#") else line
        yield Suppression(Location(file, match.start(), match.end()), codes, (line, last))


def _covered(file: SourceFile, line: int) -> int:
    """The last line that a comment of its own on *line* covers."""
    end = file.position(len(file.text))[0]
    line += 1
    while line < end and (not file.line(line).strip() or file.line(line).lstrip().startswith("#")):
        line += 1
    while line < end and file.line(line).rstrip().endswith("\\"):
        line += 1
    return line
