"""Workflow commands of GitHub Actions, which become annotations of a pull request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eximconf.report.display import visible
from eximconf.report.place import place_of
from eximconf.source.diagnostic import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(
    diagnostics: Sequence[Diagnostic],
    *,
    color: bool = False,
    descriptions: Mapping[str, str] | None = None,
) -> str:
    return "".join(_command(diagnostic) + "\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    place = place_of(diagnostic.location)
    properties = {"title": f"{diagnostic.code} {diagnostic.name}"}
    if diagnostic.location is not None:
        properties = {"file": visible(place.file), "line": str(place.line), "col": str(place.column), **properties}
        properties["endLine"] = str(place.end_line)
        if place.end_line == place.line:
            properties["endColumn"] = str(place.end_column)
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = "\n".join(visible(part) for part in (diagnostic.message, *diagnostic.notes))
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
