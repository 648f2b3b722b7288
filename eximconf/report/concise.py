"""One line a finding: ``FILE:LINE:COLUMN: error[CODE name] message``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eximconf.report.display import visible
from eximconf.report.place import place_of
from eximconf.source.diagnostic import Diagnostic


def render(
    diagnostics: Sequence[Diagnostic],
    *,
    color: bool = False,
    descriptions: Mapping[str, str] | None = None,
) -> str:
    return "".join(head(diagnostic) + "\n" for diagnostic in diagnostics)


def head(diagnostic: Diagnostic, paint: str = "", bold: str = "", reset: str = "") -> str:
    """The line; *paint*, *bold* and *reset* are terminal sequences, or empty."""
    label = f"{paint}{diagnostic.severity}[{diagnostic.code} {diagnostic.name}]{reset}"
    message = f"{bold}{visible(diagnostic.message)}{reset}"
    if diagnostic.location is None:
        return f"{label} {message}"
    place = place_of(diagnostic.location)
    return f"{visible(place.file)}:{place.line}:{place.column}: {label} {message}"
