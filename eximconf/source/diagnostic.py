"""What the project tells a person about a place in a file."""

from __future__ import annotations

from enum import IntEnum

from eximconf.source.records import record
from eximconf.source.text import Location, MacroUse


class Severity(IntEnum):
    """How bad a finding is; higher is worse."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


@record
class Label:
    """A second place that belongs to a finding, with a word on why.

    *step*: it is a step of the way that leads to the finding, as from where data comes in to where it does harm; the
    labels of a finding that are steps stand in the order of that way.
    """

    location: Location
    text: str
    step: bool = False


@record
class Edit:
    """Replace the octets at *location* by *text* (latin-1 decoded octets)."""

    location: Location
    text: str


@record
class Fix:
    """Edits that mend a finding. *safe*: they cannot change what a right configuration does.

    *macro*: the text to be changed stands in the definition of this macro. *refused*: why a program cannot make
    these edits, which are none then; a person still can.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True
    macro: MacroUse | None = None
    refused: str = ""


@record
class Diagnostic:
    """One finding.

    *code* is stable (``EX204``), *name* says the fault in words (``eval-may-be-empty``). *location*
    is None only when no file could be read at all. Messages are latin-1 decoded octets and never
    hold a secret.
    """

    code: str
    name: str
    severity: Severity
    message: str
    location: Location | None
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    fix: Fix | None = None
