"""The Code Quality report of GitLab, which merge requests show: a list of objects in the form of CodeClimate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from eximconf.report.fingerprint import numbered
from eximconf.report.json import text_of
from eximconf.report.place import place_of
from eximconf.source.diagnostic import Diagnostic, Severity

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def render(
    diagnostics: Sequence[Diagnostic],
    *,
    color: bool = False,
    descriptions: Mapping[str, str] | None = None,
) -> str:
    """GitLab needs a file and a line: what has none is about the whole project."""
    marked = zip(diagnostics, numbered(diagnostics), strict=True)
    issues = [_issue(diagnostic, mark) for diagnostic, mark in marked]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue(diagnostic: Diagnostic, mark: str) -> dict[str, Any]:
    place = place_of(diagnostic.location)
    return {
        "description": text_of(diagnostic.message),
        "check_name": f"{diagnostic.code} {diagnostic.name}",
        "fingerprint": mark,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {"path": text_of(place.file).removeprefix("./") or ".", "lines": {"begin": max(place.line, 1)}},
    }
