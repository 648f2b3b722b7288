"""What makes a rule of something that Exim refuses at start.

The linked configuration holds Exim's own messages; a rule names the kinds that belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from eximconf.config.model import StartError
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity
from eximconf.source.text import Location

_LONG = 4000
"""Octets; no message of Exim without the lines it quotes is so long."""


class StartRule(Rule):
    """Base of the rules about faults that keep Exim from starting. Only `kind_of` an error is asked about it."""

    message: ClassVar[str] = ""
    """A regular expression that is found in the messages which belong to the rule."""

    @classmethod
    def takes(cls, error: StartError, run: Run) -> bool:
        """Whether *error* belongs to this rule, unless one before it takes it."""
        return bool(cls.message) and re.search(cls.message, _ends(error.message)) is not None

    def visit_StartError(self, error: StartError, run: Run) -> Iterable[Finding]:
        finding = self.found(error, run)
        place = error.location
        if error.line and place is not None and place.file.position(max(place.end - 1, 0))[0] < error.line:
            finding = finding._replace(notes=(*finding.notes, f"Exim names line {error.line}"))
        yield finding._replace(severity=Severity.WARNING) if error.machine else finding

    def found(self, error: StartError, run: Run) -> Finding:
        """The finding; rules add notes and fixes here."""
        return Finding(plain(error.message), error.location)


def _ends(message: str) -> str:
    """Both ends of a message; a line of the configuration, however long, stands between them."""
    return message if len(message) <= _LONG else message[: _LONG // 2] + message[-_LONG // 2 :]


def plain(message: str) -> str:
    """Exim's message in one line."""
    return " ".join(message.split())


def kind_of(error: StartError, run: Run) -> type[StartRule]:
    """The rule that an error belongs to; the last one takes what is left."""
    from eximconf.lint.rules import START_RULES

    return next((rule for rule in START_RULES if rule.takes(error, run)), START_RULES[-1])


def narrowed(error: StartError, name: str) -> Location | None:
    """Where *name* stands in the line that *error* is about."""
    place = error.location
    if place is None or not name:
        return place
    text = place.file.text[place.start : place.end]
    match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return Location(place.file, place.start + match.start(), place.start + match.end()) if match else place


def value_place(error: StartError) -> Location | None:
    """The value in the option line that *error* is about; None if that is not on one line or not plain text."""
    place = error.location
    if place is None:
        return None
    text = place.file.text
    end = text.find("\n", place.start)
    line = text[place.start : len(text) if end < 0 else end].rstrip()
    match = re.fullmatch(r"(\w+\s*=\s*)([^\s\\\"].*)", line)
    if match is None or match[2].endswith("\\"):
        return None
    return Location(place.file, place.start + match.start(2), place.start + match.end(2))
