"""The report a person reads: message, source line, carets, notes, fix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from eximconf.report.concise import head
from eximconf.report.display import visible
from eximconf.report.place import place_of
from eximconf.report.snippet import snippet
from eximconf.source.diagnostic import Diagnostic, Fix, Label, Severity
from eximconf.source.text import Location

_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_COLORS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;36m"}


def render(
    diagnostics: Sequence[Diagnostic],
    *,
    color: bool = False,
    descriptions: Mapping[str, str] | None = None,
) -> str:
    """All findings, one block each, and a line that counts them."""
    lines: list[str] = []
    for diagnostic in diagnostics:
        lines.extend(_block(diagnostic, color))
        lines.append("")
    if diagnostics:
        lines.append(summary(diagnostics))
    return "".join(line + "\n" for line in lines)


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """``2 errors, 1 warning``; the worst first."""
    parts = []
    for severity in sorted(Severity, reverse=True):
        number = sum(diagnostic.severity is severity for diagnostic in diagnostics)
        if number:
            word = "info" if severity is Severity.INFO else f"{severity}{'s' * (number != 1)}"
            parts.append(f"{number} {word}")
    return ", ".join(parts)


def _block(diagnostic: Diagnostic, color: bool) -> Iterator[str]:
    paint = _COLORS[diagnostic.severity] if color else ""
    yield head(diagnostic, paint, _BOLD if color else "", _RESET if color else "")
    if diagnostic.location is not None:
        yield from _source(diagnostic.location, paint)
    for label in diagnostic.labels:
        yield from _label(label, color)
    for note in diagnostic.notes:
        yield f"  note: {visible(note)}"
    if diagnostic.fix is not None:
        yield f"  fix: {visible(diagnostic.fix.title)}{_about_fix(diagnostic.fix)}"


def _about_fix(fix: Fix) -> str:
    if fix.refused:
        return f" (by hand: {visible(fix.refused)})"
    return "" if fix.safe else " (look at it first)"


def _source(location: Location, paint: str) -> Iterator[str]:
    line, carets = snippet(location)
    if line:
        number = str(location.line)
        yield f"  {number} | {line}"
        yield f"  {' ' * len(number)} | {_painted(carets, paint)}"


def _label(label: Label, color: bool) -> Iterator[str]:
    place = place_of(label.location)
    yield f"  {visible(place.file)}:{place.line}:{place.column}: {visible(label.text)}"
    for line in _source(label.location, _DIM if color else ""):
        yield "  " + line


def _painted(carets: str, paint: str) -> str:
    if not paint:
        return carets
    bare = carets.lstrip(" ")
    return " " * (len(carets) - len(bare)) + paint + bare + _RESET
