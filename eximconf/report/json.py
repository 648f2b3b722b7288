"""A list of objects for programs: code, name, severity, message, place, notes, fix."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from eximconf.report.display import characters
from eximconf.report.edits import shown_edits
from eximconf.report.place import place_of
from eximconf.source.diagnostic import Diagnostic, Fix


def render(
    diagnostics: Sequence[Diagnostic],
    *,
    color: bool = False,
    descriptions: Mapping[str, str] | None = None,
) -> str:
    return json.dumps([object_of(diagnostic) for diagnostic in diagnostics], indent=2, ensure_ascii=False) + "\n"


def text_of(octets: str) -> str:
    """*octets* as Unicode; an octet that is not UTF-8 becomes U+FFFD."""
    return "".join("\ufffd" if "\udc80" <= c <= "\udcff" else c for c in characters(octets))


def object_of(diagnostic: Diagnostic) -> dict[str, Any]:
    place = place_of(diagnostic.location)
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": str(diagnostic.severity),
        "message": text_of(diagnostic.message),
        "file": text_of(place.file) if diagnostic.location else None,
        "line": place.line or None,
        "column": place.column or None,
        "end_line": place.end_line or None,
        "end_column": place.end_column or None,
        "notes": [text_of(note) for note in (*_labels(diagnostic), *diagnostic.notes)],
        "fix": _fix(diagnostic.fix) if diagnostic.fix else None,
    }


def _labels(diagnostic: Diagnostic) -> list[str]:
    notes = []
    for label in diagnostic.labels:
        place = place_of(label.location)
        notes.append(f"{place.file}:{place.line}:{place.column}: {label.text}")
    return notes


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "title": text_of(fix.title),
        "safe": fix.safe,
        "refused": text_of(fix.refused) or None,
        "edits": [
            {**place_of(edit.location)._asdict(), "file": text_of(edit.location.file.name), "text": text_of(edit.text)}
            for edit in shown_edits(fix)
        ],
    }
