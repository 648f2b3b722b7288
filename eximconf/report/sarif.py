"""SARIF 2.1.0 (OASIS), for code-scanning services and editors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eximconf import __version__
from eximconf.report.display import code_points
from eximconf.report.edits import shown_edits
from eximconf.report.fingerprint import numbered
from eximconf.report.json import text_of
from eximconf.report.place import place_of
from eximconf.source.diagnostic import Diagnostic, Edit, Severity
from eximconf.source.text import Location

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MARK = "primaryLocationLineHash"
"""The fingerprint by which GitHub knows a finding again."""
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(
    diagnostics: Sequence[Diagnostic],
    *,
    color: bool = False,
    descriptions: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> str:
    """*texts*: what code-scanning services show beside a finding, by code, Markdown."""
    codes = {diagnostic.code: diagnostic for diagnostic in diagnostics}
    order = {code: number for number, code in enumerate(sorted(codes))}
    driver = {
        "name": "exim-conf",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(codes[code], descriptions or {}, texts or {}) for code in order],
    }
    marks = numbered(diagnostics)
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(diagnostic, order[diagnostic.code], mark)
            for diagnostic, mark in zip(diagnostics, marks, strict=True)
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(example: Diagnostic, descriptions: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": example.code,
        "name": "".join(part.capitalize() for part in example.name.split("-")),
        "defaultConfiguration": {"level": _LEVELS[example.severity]},
    }
    if example.code in descriptions:
        rule["shortDescription"] = {"text": descriptions[example.code]}
    if example.code in texts:
        rule["help"] = {"text": texts[example.code], "markdown": texts[example.code]}
    return rule


def _result(diagnostic: Diagnostic, index: int, mark: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": "\n".join(text_of(part) for part in (diagnostic.message, *diagnostic.notes))},
        "partialFingerprints": {_MARK: mark},
    }
    if diagnostic.location is not None:
        result["locations"] = [{"physicalLocation": _physical(diagnostic.location)}]
    if diagnostic.labels:
        result["relatedLocations"] = [
            {"id": number, **_located(label.location, label.text)} for number, label in enumerate(diagnostic.labels, 1)
        ]
    if any(label.step for label in diagnostic.labels):
        result["codeFlows"] = [_flow(diagnostic)]
    edits = shown_edits(diagnostic.fix) if diagnostic.fix is not None else ()
    if diagnostic.fix is not None and edits:  # one without changes is not valid
        result["fixes"] = [_fix(diagnostic.fix.title, edits)]
    return result


def _flow(diagnostic: Diagnostic) -> dict[str, Any]:
    """The way that leads to a finding, which is its last step."""
    steps = [_located(label.location, label.text) for label in diagnostic.labels if label.step]
    if diagnostic.location is not None:
        steps.append(_located(diagnostic.location, diagnostic.message))
    return {"threadFlows": [{"locations": [{"location": step} for step in steps]}]}


def _located(location: Location, text: str) -> dict[str, Any]:
    return {"physicalLocation": _physical(location), "message": {"text": text_of(text)}}


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


def _fix(title: str, edits: Iterable[Edit]) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in edits:
        replacement = {"deletedRegion": _region(edit.location), "insertedContent": {"text": text_of(edit.text)}}
        changes.setdefault(_uri(edit.location.file.name), []).append(replacement)
    return {
        "description": {"text": text_of(title)},
        "artifactChanges": [
            {"artifactLocation": {"uri": uri}, "replacements": replacements} for uri, replacements in changes.items()
        ],
    }
