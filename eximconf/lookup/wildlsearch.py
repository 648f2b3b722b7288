"""``wildlsearch`` and ``nwildlsearch``: as ``lsearch``, but the keys of the file are patterns.

A pattern may be anything that one item of a list of strings may be. The usual kinds, plain text and
``*`` with what the key has to end in, are found by an index; only the others are tried one by one.
Spec: 9.3.11.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

from eximconf.lookup.line_file import LineFile, line_file, linear_reader
from eximconf.lookup.model import Backend, Finder, Patterns, Question, Style
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.value import ascii_lower

_SPECIAL = frozenset("^!/")


class Other(NamedTuple):
    """A pattern that has to be tried."""

    number: int
    test: Callable[[Context, str], bool]


class PatternFile:
    """The patterns of a file, each with the number of its line."""

    __slots__ = ("_all", "_endings", "_expanded", "_lengths", "_others", "_patterns", "_texts", "file")

    def __init__(self, file: LineFile, patterns: Patterns, expanded: bool) -> None:
        self.file = file
        self._patterns = patterns
        self._expanded = expanded
        self._texts: dict[str, int] = {}
        self._endings: dict[str, int] = {}
        self._others: list[Other] = []
        lines = ((number, key.partition("\0")[0]) for number, key in file.keyed_lines())
        self._all = [(number, pattern) for number, pattern in lines if pattern.strip(SPACE)]
        for number, pattern in self._all:
            self._add(number, pattern)
        self._lengths = sorted({len(ending) for ending in self._endings})

    def __bool__(self) -> bool:
        """Whether there is any pattern."""
        return bool(self._all)

    def _add(self, number: int, written: str) -> None:
        if self._expanded and ("$" in written or "\\" in written):
            self._others.append(Other(number, self._patterns.matcher(written, True)))
            return
        pattern = written.strip(SPACE)
        if pattern[0] == "*":
            self._endings.setdefault(ascii_lower(pattern[1:]), number)
        elif pattern[0] in _SPECIAL or ";" in pattern:
            self._others.append(Other(number, self._patterns.matcher(pattern, False)))
        else:
            self._texts.setdefault(ascii_lower(pattern), number)

    def first(self, ctx: Context, key: str) -> int | None:
        """The first line whose pattern *key* matches. Raises what a pattern raises that is reached."""
        if ctx.trace is not None:
            return self._first_in_order(ctx, key)
        best = self._first_indexed(ascii_lower(key))
        for number, test in self._others:
            if best is not None and number > best:
                break
            if test(ctx, key):
                return number
        return best

    def _first_in_order(self, ctx: Context, key: str) -> int | None:
        """The same, with each pattern tested, as a trace shows it."""
        for number, pattern in self._all:
            if self._patterns.matcher(pattern, self._expanded)(ctx, key):
                return number
        return None

    def _first_indexed(self, key: str) -> int | None:
        found = [self._texts[key]] if key in self._texts else []
        for length in self._lengths:
            if length > len(key):
                break
            number = self._endings.get(key[len(key) - length :])
            if number is not None:
                found.append(number)
        return min(found, default=None)


@lru_cache(maxsize=16)
def _pattern_file(text: str, patterns: Patterns, expanded: bool) -> PatternFile:
    return PatternFile(line_file(text), patterns, expanded)


def _open(expanded: bool, question: Question) -> Finder:
    ctx, patterns = question.ctx, question.patterns
    file = linear_reader(lambda text: _pattern_file(text, patterns, expanded)).load(question)
    full = "ret=full" in question.options

    def find(key: str) -> str | None:
        if file:  # the test of any pattern unsets $1 …, a later use of the answer that is kept does not
            ctx.numbers = []
        number = file.first(ctx, key)
        return None if number is None else file.file.data(number, full)

    return find


BACKENDS = {
    "nwildlsearch": Backend(partial(_open, False), Style.KEY),
    "wildlsearch": Backend(partial(_open, True), Style.KEY),
}
