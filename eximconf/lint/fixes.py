"""Where the text of a fix has to be changed: in the file that holds it, through continuation lines and macros.

A fix that cannot be made without touching more than the finding is about is refused, with the reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from eximconf.lint.rule import Finding, Span
from eximconf.source.diagnostic import Diagnostic, Edit, Fix
from eximconf.source.text import Location, MacroUse, Segment, SourceFile, SourceText
from eximconf.syntax.preprocess import Preprocessed

if TYPE_CHECKING:
    from eximconf.syntax.config_file import ConfigFile

_QUOTED = re.compile(r"[^=\n]*=\s*[\"']")


def fix_of(finding: Finding, source: SourceText | None) -> Fix | None:
    """The fix that *finding* offers; *source* is the string that its span counts in."""
    if finding.edits:
        edits = tuple(Edit(place, text) for place, text in finding.edits)
        return Fix(finding.title, edits, finding.safe)
    new, place = finding.replacement, finding.fix_place or finding.place
    if new is None or place is None:
        return None
    title = finding.title or f'write "{new}"'
    if isinstance(place, Location):
        return Fix(title, (Edit(place, new),), finding.safe)
    if isinstance(place, Span):
        assert source is not None, "a span needs its string"
        place = source.slice(place.start, place.end)
    return _through_map(place, new, Fix(title, (), finding.safe))


def _through_map(old: SourceText, new: str, fix: Fix) -> Fix:
    """*fix* with the edit that makes *new* of *old*, or why there is none."""
    mixed = [segment.macro for segment in _parts(old) if segment.macro != old.segments[0].macro]
    if mixed:
        names = [macro.name for macro in (old.segments[0].macro, *mixed) if macro is not None]
        return replace(fix, refused=f"a part of it comes from macro {names[0]}")
    start, end = (0, len(old.text)) if len(old.segments) == 1 else _difference(old.text, new)
    part = old.slice(start, end)
    first = part.segments[0]
    if not _in_one_piece(part):
        return replace(
            fix,
            refused="it stands on several lines" if _has_newline(part) else "it is written with escapes",
        )
    if first.file is None:
        name = first.macro.name if first.macro is not None else ""
        return replace(fix, refused=f"it comes from macro {name}, which no file defines")
    at = first.offset - first.start
    location = Location(first.file, at, at + end - start)
    edit = Edit(location, new[start : len(new) - (len(old.text) - end)])
    return replace(fix, edits=(edit,), macro=first.macro)


def _difference(old: str, new: str) -> tuple[int, int]:
    """Where *old* is not as *new*: offsets in *old*, so that what is before and behind is the same."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    same = 0
    while same < shorter - start and old[len(old) - same - 1] == new[len(new) - same - 1]:
        same += 1
    return start, len(old) - same


def _parts(text: SourceText) -> list[Segment]:
    """The segments of *text* that hold some of it."""
    return [segment for segment in text.segments if segment.start < max(len(text.text), 1)]


def _has_newline(part: SourceText) -> bool:
    first, last = part.segments[0], _parts(part)[-1]
    return first.file is not None and "\n" in first.file.text[first.offset : last.offset + 1]


def _in_one_piece(part: SourceText) -> bool:
    """Whether the octets of *part* stand one behind the other in one file, as they were written."""
    first = part.segments[0]
    return all(
        _continues(first, segment) for segment in part.segments[1:] if segment.start < len(part.text)
    )


def _continues(first: Segment, other: Segment) -> bool:
    same = first.file is other.file and first.macro == other.macro and first.file is not None
    return same and other.offset - other.start == first.offset - first.start


def decided(diagnostics: Sequence[Diagnostic], read: Preprocessed) -> list[Diagnostic]:
    """*diagnostics* of the configuration *read*, without the edits that its macros make ambiguous."""
    if not any(diagnostic.fix is not None and diagnostic.fix.edits for diagnostic in diagnostics):
        return list(diagnostics)
    judge = _Judge(diagnostics, read)
    return [
        diagnostic
        if diagnostic.fix is None or not (reason := judge.reason(diagnostic.fix))
        else replace(diagnostic, fix=replace(diagnostic.fix, edits=(), refused=reason))
        for diagnostic in diagnostics
    ]


class _Judge:
    """Says why a fix cannot be made, knowing the whole configuration."""

    def __init__(self, diagnostics: Sequence[Diagnostic], read: Preprocessed) -> None:
        fixes = [diagnostic.fix for diagnostic in diagnostics if diagnostic.fix is not None]
        self._alike = Counter(edit for fix in fixes if fix.macro is not None for edit in fix.edits)
        self._uses = _uses(read) if self._alike else Counter[tuple[str, Location | None]]()
        self._names = [macro.name for macro in read.macros if not macro.built_in]
        self._files: dict[SourceFile, ConfigFile] = {}

    def reason(self, fix: Fix) -> str:
        """Why the edits of *fix* cannot be made; "" if they can."""
        for edit in fix.edits:
            if fix.macro is not None:
                uses = self._uses[_key(fix.macro)]
                if uses > self._alike[edit]:
                    return f"it comes from macro {fix.macro.name}, which is used in {uses} places"
            elif name := self._macro_in(_old(edit)):
                return f"a part of it comes from macro {name}"
            if name := self._macro_in(edit.text):
                return f"the new text would hold the name of macro {name}"
            if self._is_quoted(edit):
                return "the value stands in quotes"
        return ""

    def _macro_in(self, text: str) -> str:
        return next((name for name in self._names if name in text), "")

    def _is_quoted(self, edit: Edit) -> bool:
        """Whether the new text would have to be written otherwise, since it goes into a quoted value."""
        if not any(sign in edit.text for sign in "\\\"'"):
            return False
        from eximconf.syntax.config_file import parse_file

        file = edit.location.file
        if file not in self._files:
            self._files[file] = parse_file(file)
        piece = self._files[file].at(edit.location.start)
        return piece is not None and _QUOTED.match(piece.raw) is not None


def _old(edit: Edit) -> str:
    return edit.location.file.text[edit.location.start : edit.location.end]


def _key(use: MacroUse) -> tuple[str, Location | None]:
    """The definition of a macro that *use* brings."""
    return use.name, use.definition


def _uses(read: Preprocessed) -> Counter[tuple[str, Location | None]]:
    """In how many places the value of each definition of a macro ends up, inside other macros too."""
    chains = {chain for line in read.lines if not line.macro for chain in _chains(line.text.segments)}
    return Counter(_key(chain[0]) for chain in chains)


def _chains(segments: Iterable[Segment]) -> Iterable[tuple[MacroUse, ...]]:
    for segment in segments:
        chain: list[MacroUse] = []
        use = segment.macro
        while use is not None:
            chain.append(use)
            use = use.outer
        for number in range(len(chain)):
            yield tuple(chain[number:])
