"""SARIF 2.1.0 (OASIS), for code-scanning services and editors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from eximconf.report.display import code_points
from eximconf.report.json import text_of
from eximconf.report.place import place_of
from eximconf.source.diagnostic import Diagnostic, Fix, Severity
from eximconf.source.text import Location

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(
    diagnostics: Sequence[Diagnostic],
    *,
    color: bool = False,
    descriptions: Mapping[str, str] | None = None,
) -> str:
    codes = {diagnostic.code: diagnostic for diagnostic in diagnostics}
    order = sorted(codes)
    driver = {"name": "exim-conf", "rules": [_rule(codes[code], descriptions or {}) for code in order]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, order.index(diagnostic.code)) for diagnostic in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(example: Diagnostic, descriptions: Mapping[str, str]) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": example.code,
        "name": "".join(part.capitalize() for part in example.name.split("-")),
        "defaultConfiguration": {"level": _LEVELS[example.severity]},
    }
    if example.code in descriptions:
        rule["shortDescription"] = {"text": descriptions[example.code]}
    return rule


def _result(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": "\n".join(text_of(part) for part in (diagnostic.message, *diagnostic.notes))},
    }
    if diagnostic.location is not None:
        result["locations"] = [{"physicalLocation": _physical(diagnostic.location)}]
    if diagnostic.labels:
        result["relatedLocations"] = [
            {"physicalLocation": _physical(label.location), "message": {"text": text_of(label.text)}}
            for label in diagnostic.labels
        ]
    if diagnostic.fix is not None and diagnostic.fix.edits:  # one without changes is not valid
        result["fixes"] = [_fix(diagnostic.fix)]
    return result


def _physical(location: Location) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(location.file.name)}, "region": _region(location)}


def _uri(name: str) -> str:
    """A URI reference; a relative path stays relative."""
    safe = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._~-")
    octets = name.encode("latin-1", "replace")
    quoted = "".join(chr(octet) if octet in safe else f"%{octet:02X}" for octet in octets)
    return "file://" + quoted if quoted.startswith("/") else quoted


def _region(location: Location) -> dict[str, int]:
    place = place_of(location, code_points)
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(edit.location), "insertedContent": {"text": text_of(edit.text)}}
        changes.setdefault(_uri(edit.location.file.name), []).append(replacement)
    return {
        "description": {"text": text_of(fix.title)},
        "artifactChanges": [
            {"artifactLocation": {"uri": uri}, "replacements": replacements} for uri, replacements in changes.items()
        ],
    }
