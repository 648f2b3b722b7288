"""How many findings there are of each rule, and how many of these a program can mend."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from eximconf.source.diagnostic import Diagnostic, Severity


class Tally(NamedTuple):
    """What was found of one rule. *fixable*: how many have a fix, *safe*: how many of these are safe."""

    code: str
    name: str
    severity: Severity
    number: int
    fixable: int
    safe: int


def tallies(diagnostics: Sequence[Diagnostic]) -> list[Tally]:
    """One for each rule, the most frequent first."""
    of_rules: dict[str, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        of_rules.setdefault(diagnostic.code, []).append(diagnostic)
    return sorted(
        (_tally(those) for those in of_rules.values()), key=lambda tally: (-tally.number, tally.code)
    )


def _tally(those: Sequence[Diagnostic]) -> Tally:
    fixes = [each.fix for each in those if each.fix is not None and each.fix.edits]
    worst = max(each.severity for each in those)
    return Tally(
        those[0].code, those[0].name, worst, len(those), len(fixes), sum(fix.safe for fix in fixes)
    )


def render_statistics(diagnostics: Sequence[Diagnostic], format: str = "text") -> str:
    """A table for people, or, in the format ``json``, a list of objects."""
    found = tallies(diagnostics)
    if format == "json":
        rows = [{**tally._asdict(), "severity": str(tally.severity)} for tally in found]
        return json.dumps(rows, indent=2) + "\n"
    width = len(str(max((tally.number for tally in found), default=0)))
    lines = [
        f"{tally.number:>{width}}  {tally.code}  {tally.severity!s:7}  {tally.name}{_fixes(tally)}\n"
        for tally in found
    ]
    return "".join([*lines, f"{len(diagnostics):>{width}}  in all\n"]) if found else ""


def _fixes(tally: Tally) -> str:
    parts = [f"{tally.safe} to fix"] if tally.safe else []
    if tally.fixable > tally.safe:
        parts.append(f"{tally.fixable - tally.safe} with --unsafe-fixes")
    return f"  ({', '.join(parts)})" if parts else ""
