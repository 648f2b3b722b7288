"""What a configuration is touched by on the way from one version of Exim to another.

Two checks of the same files, for both versions, tell what the other version refuses or takes differently by the rules;
the table of changes tells the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from eximconf.catalog.changes import Change
from eximconf.lint.checking import Options, check
from eximconf.lint.extensions import installed_rules
from eximconf.lint.upgrading.codes import PREFIX
from eximconf.lint.upgrading.rules import ChangeRule, change_rules, changes_on
from eximconf.lint.upgrading.wording import Way, notes, sentence
from eximconf.source.diagnostic import Diagnostic
from eximconf.source.text import SourceFile, SourceText
from eximconf.syntax.preprocess import Reader

VERSIONS = frozenset({"EX318", "EX701", "EX703", "EX705"})
"""Rules about what a version does not know: what they find counts, whatever the other version says of it."""
_OTHERS = ("EX6", "EX9")
"""Rules about what is not used, and about the check itself."""


def touched(
    source: SourceFile | SourceText,
    reader: Reader,
    way: Way,
    options: Options | None = None,
    name: str = "",
) -> list[Diagnostic]:
    """What is to be said of a configuration, in order of place. *options*: as for a check; the target is the way's.

    Never raises, as a check never does.
    """
    options = options or Options()
    rules = [each for each in options.rules or installed_rules() if not issubclass(each, ChangeRule)]
    start = replace(options, target=way.start, rules=(*rules, *change_rules(way)), selection=None)
    found = check(source, reader, start, name)
    after = check(source, reader, replace(options, target=way.end, rules=rules, selection=None), name)
    changed = [each for each in found if each.code.startswith(PREFIX)]
    return _wanted(_in_order([*_new(found, after, way), *changed]), options)


def _new(before: Sequence[Diagnostic], after: Sequence[Diagnostic], way: Way) -> list[Diagnostic]:
    """What the rules find for the version at the end of the way and did not at its start, with what the table knows."""
    known = {_identity(each) for each in before}
    ruled = [change for change in changes_on(way) if change.rules]
    found = []
    for each in after:
        changes = [
            change
            for change in ruled
            if each.code in change.rules and re.search(change.value, each.message)
        ]
        if each.code.startswith(_OTHERS):
            continue
        if each.code in VERSIONS or changes or _identity(each) not in known:
            found.append(_with_changes(each, changes, way))
    return found


def _with_changes(diagnostic: Diagnostic, changes: Sequence[Change], way: Way) -> Diagnostic:
    said = [note for change in changes for note in (sentence(change, way), *notes(change, way))]
    return replace(diagnostic, notes=(*diagnostic.notes, *said)) if said else diagnostic


def _identity(diagnostic: Diagnostic) -> tuple[str, str, int]:
    place = diagnostic.location
    return (
        (diagnostic.code, place.file.name, place.start) if place is not None else (diagnostic.code, "", -1)
    )


def _in_order(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """By file and place; a change that a rule has found as well is told once, with what both know."""
    gone = [each for each in found if each.code == "UP100"]
    kept = {id(each): each for each in found}
    for rule in (each for each in found if each.code in (*VERSIONS, "EX131")):
        for each in gone:
            if _line(each) == _line(rule) and _name(each) and _name(each) in rule.message:
                kept.pop(id(each), None)
                kept[id(rule)] = replace(kept[id(rule)], notes=(*kept[id(rule)].notes, *each.notes))
    return sorted(kept.values(), key=_place)


def _name(diagnostic: Diagnostic) -> str:
    return diagnostic.message.partition(":")[0].lstrip("$").partition("{")[0]


def _line(diagnostic: Diagnostic) -> tuple[str, int]:
    place = diagnostic.location
    return (place.file.name, place.line) if place is not None else ("", 0)


def _place(diagnostic: Diagnostic) -> tuple[str, int, str]:
    place = diagnostic.location
    return (
        (place.file.name, place.start, diagnostic.code)
        if place is not None
        else ("\xff", 0, diagnostic.code)
    )


def _wanted(found: Sequence[Diagnostic], options: Options) -> list[Diagnostic]:
    """Those that the selection takes, by code, prefix or name."""
    selection = options.selection
    if selection is None:
        return list(found)
    return [each for each in found if selection.takes_named(each.code, each.name)]
