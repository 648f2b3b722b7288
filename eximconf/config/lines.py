"""The logical lines that linking reads, and the list of what it refuses."""

from __future__ import annotations

from typing import NamedTuple

from eximconf.config.driver_checks import Complaint
from eximconf.config.model import Form, StartError
from eximconf.config.quantities import Refused
from eximconf.config.values import AccountMissing
from eximconf.source.text import Location, SourceText

_MOST = 10_000
"""Exim stops at the first."""


class Line(NamedTuple):
    """One logical line, without white space round it.

    *number* and *file*: the last physical line read and its file, as Exim's messages name them.
    *macro*: the line looks like the definition of a macro.
    """

    text: SourceText
    number: int
    file: str
    macro: bool = False

    @property
    def location(self) -> Location:
        """The whole line."""
        return self.text.locate(0, len(self.text.text))


class Errors:
    """What Exim refuses, in the order found; not more than anyone would read."""

    def __init__(self) -> None:
        self.found: list[StartError] = []

    @property
    def _enough(self) -> bool:
        return len(self.found) >= _MOST

    def refuse(self, line: Line, refused: Refused, start: int = 0, length: int | None = None) -> None:
        """Exim refuses *line*; a person should look at *length* octets from *start* on."""
        if self._enough:
            return
        text = line.text
        end = len(text.text) if length is None else start + max(1, length)
        missing = isinstance(refused, AccountMissing)
        self.found.append(
            StartError(
                refused.message, text.locate(start, end), Form.IN, line.number, line.file, machine=missing
            )
        )

    def complain(self, complaint: Complaint, location: Location | None) -> None:
        """Exim complains about something that is complete; no line is in its message."""
        if not self._enough:
            self.found.append(
                StartError(complaint.message, location, complaint.form, machine=complaint.machine)
            )
