"""Applies fixes: from files and findings to new texts, again and again until nothing is left to mend.

Nothing is read or written here but through the reader that is handed in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from eximconf.lint.checking import Options, check
from eximconf.source.diagnostic import Diagnostic, Edit, Fix, Severity
from eximconf.source.text import SourceFile, SourceText
from eximconf.syntax.preprocess import Reader

Opener: TypeAlias = Callable[[Reader], SourceFile | SourceText]
"""Gives the configuration, its files as the reader has them now."""
Checker: TypeAlias = Callable[[SourceFile | SourceText, Reader, Options, str], list[Diagnostic]]
"""Gives the findings about a configuration."""
ROUNDS = 10
"""How often a configuration is checked again. One fix may make room for another."""
_ALONE = 200
"""Fixes of one round that are tried one by one when together they do harm."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """What came of mending a configuration.

    *texts*: the files that changed, by name, as they are to be. *originals*: the same as they were. *done*: the
    findings that are gone. *left*: those that are there now.
    """

    texts: Mapping[str, str]
    originals: Mapping[str, str]
    done: Sequence[Diagnostic]
    left: Sequence[Diagnostic]


def mended(
    opened: Opener,
    reader: Reader,
    options: Options,
    name: str = "",
    *,
    unsafe: bool = False,
    screen: Callable[[Sequence[Diagnostic]], Sequence[Diagnostic]] = tuple,
    checked: Checker = check,
) -> Fixed:
    """Mend a configuration, called *name*. *unsafe*: make fixes as well that a person should look at. *screen* gives
    those of the findings that are to be mended; *checked* finds them."""
    return _Mending(opened, reader, options, name, unsafe, screen, checked).run()


def changes(diagnostics: Iterable[Diagnostic], *, unsafe: bool) -> tuple[list[Diagnostic], list[Edit]]:
    """The findings that can be mended at once, and the edits for that; of edits that overlap the first one counts."""
    taken: list[Diagnostic] = []
    places = _Places()
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix is not None and fix.edits and (fix.safe or unsafe) and places.take(fix.edits):
            taken.append(diagnostic)
    return taken, places.edits


class _Places:
    """Edits that do not overlap, in the order of their places."""

    def __init__(self) -> None:
        self._of_files: dict[SourceFile, list[Edit]] = {}

    @property
    def edits(self) -> list[Edit]:
        """All of them, file by file."""
        return [edit for those in self._of_files.values() for edit in those]

    def take(self, edits: Sequence[Edit]) -> bool:
        """Take *edits* if none of them overlaps one that was taken; the same one may come again."""
        if any(self._clashes(edit) for edit in edits):
            return False
        for edit in edits:
            those = self._of_files.setdefault(edit.location.file, [])
            if edit not in those[(at := bisect_left(those, edit.location.start, key=_start)) : at + 1]:
                those.insert(at, edit)
        return True

    def _clashes(self, edit: Edit) -> bool:
        those = self._of_files.get(edit.location.file, [])
        at = bisect_left(those, edit.location.start, key=_start)
        return any(_clash(edit, other) for other in those[max(at - 1, 0) : at + 1])


def _start(edit: Edit) -> int:
    return edit.location.start


def applied(edits: Iterable[Edit]) -> dict[SourceFile, str]:
    """The new text of each file that *edits*, which do not overlap, change."""
    of_files: dict[SourceFile, list[Edit]] = {}
    for edit in edits:
        of_files.setdefault(edit.location.file, []).append(edit)
    return {file: _edited(file.text, those) for file, those in of_files.items()}


def _edited(text: str, edits: Sequence[Edit]) -> str:
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.location.start, edit.location.end)):
        parts += (text[at : edit.location.start], edit.text)
        at = edit.location.end
    return "".join([*parts, text[at:]])


def _clash(one: Edit, other: Edit) -> bool:
    """Whether two edits of a file touch the same octets, or write something else at the same place."""
    a, b = one.location, other.location
    if a.start == b.start:
        return one != other
    return a.start < b.end and b.start < a.end


@dataclass(slots=True)
class _Mending:
    """One configuration while it is mended. `run` is called once."""

    opened: Opener
    reader: Reader
    options: Options
    name: str
    unsafe: bool
    screen: Callable[[Sequence[Diagnostic]], Sequence[Diagnostic]]
    checked: Checker
    texts: dict[str, str] = field(default_factory=dict)
    originals: dict[str, str] = field(default_factory=dict)
    harmful: set[tuple[str, str]] = field(default_factory=set)

    def run(self) -> Fixed:
        done: list[Diagnostic] = []
        found = self._check(self.texts)
        for _ in range(ROUNDS):
            taken, edits = changes(self._wanted(found), unsafe=self.unsafe)
            texts = self._with(edits)
            if texts == self.texts:
                break
            after = self._check(texts)
            if self._harms(found, after):
                taken, texts = self._one_by_one(found, taken[:_ALONE])
                after = self._check(texts)
            done += taken
            self.texts, found = texts, after
        changed = {name: text for name, text in self.texts.items() if text != self.originals[name]}
        return Fixed(
            changed, {name: self.originals[name] for name in changed}, done, [*map(self._judged, found)]
        )

    def _check(self, texts: Mapping[str, str]) -> list[Diagnostic]:
        def read(name: str) -> str:
            return texts[name] if name in texts else self.reader(name)

        return self.checked(self.opened(read), read, self.options, self.name)

    def _with(self, edits: Iterable[Edit]) -> dict[str, str]:
        """The texts with *edits* made."""
        changed = applied(edits)
        for file in changed:
            self.originals.setdefault(file.name, file.text)
        return {**self.texts, **{file.name: text for file, text in changed.items()}}

    def _harms(self, before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> bool:
        """Whether there are errors now that were not there. What an unsafe fix brings to light is for a person."""
        return not self.unsafe and bool(_errors(after) - _errors(before))

    def _one_by_one(
        self, found: Sequence[Diagnostic], taken: Iterable[Diagnostic]
    ) -> tuple[list[Diagnostic], dict[str, str]]:
        """Those of *taken* that do no harm, and the texts with them; the others are remembered."""
        good: list[Diagnostic] = []
        for diagnostic in taken:
            tried = self._with(changes([*good, diagnostic], unsafe=self.unsafe)[1])
            if self._harms(found, self._check(tried)):
                self.harmful.add(_identity(diagnostic))
            else:
                good.append(diagnostic)
        return good, self._with(changes(good, unsafe=self.unsafe)[1])

    def _wanted(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        return [
            diagnostic for diagnostic in self.screen(found) if _identity(diagnostic) not in self.harmful
        ]

    def _judged(self, diagnostic: Diagnostic) -> Diagnostic:
        """*diagnostic* without its fix, if that has turned out to do harm."""
        fix = diagnostic.fix
        if fix is None or _identity(diagnostic) not in self.harmful:
            return diagnostic
        refused = Fix(fix.title, (), fix.safe, refused="Exim would find an error then")
        return replace(diagnostic, fix=refused)


def _identity(diagnostic: Diagnostic) -> tuple[str, str]:
    place = diagnostic.location
    line = place.file.line(place.line) if place is not None else ""
    return diagnostic.code, line


def _errors(found: Iterable[Diagnostic]) -> Counter[tuple[str, str]]:
    return Counter((each.code, each.message) for each in found if each.severity is Severity.ERROR)
