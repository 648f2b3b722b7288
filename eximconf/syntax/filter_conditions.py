"""The conditions of ``if`` in an Exim filter. Spec: the filter specification, 3.21 to 3.30."""

from __future__ import annotations

from dataclasses import dataclass, replace

from eximconf.syntax.filter_nodes import (
    Both,
    Comparison,
    Condition,
    Either,
    ForAnyAddress,
    Personal,
    State,
)
from eximconf.syntax.filter_reader import FilterReader

_STATES = ("delivered", "error_message", "first_delivery", "manually_thawed")
_COMPARISONS = {
    "begin": "begins", "begins": "begins", "contain": "contains", "contains": "contains", "end": "ends",
    "ends": "ends", "is": "is", "match": "matches", "matches": "matches",
}  # fmt: skip
_WORDS = {
    **_COMPARISONS, **{word.upper(): meaning.upper() for word, meaning in _COMPARISONS.items()},
    "above": "above", "below": "below",
}  # fmt: skip


def read_condition(reader: FilterReader, toplevel: bool = True) -> Condition:
    """The condition at hand, and what ends it: ``then`` at the top level, else the closing bracket, which stays.

    Raises `FilterFault`.
    """
    chain = _Chain()
    while True:
        chain.term(_term(reader))
        if reader.next == ")":
            if toplevel:
                raise reader.fault('unexpected ")" in line {line} of filter file')
            return chain.condition()
        if reader.next == "(":
            raise reader.fault('unexpected "(" in line {line} of filter file')
        word = reader.word()
        if word == "then":
            if not toplevel:
                raise reader.fault('missing ")" at end of condition near line {line} of filter file')
            return chain.condition()
        if word not in ("and", "or"):
            expected = '"then"' if toplevel else '")"'
            raise reader.fault(
                f'"and" or "or" or {expected} expected near line {{line}} of filter file, but found {{}}',
                word,
            )
        chain.joined(word)


def _term(reader: FilterReader) -> Condition:
    """One condition with the ``not``s before it."""
    holds = True
    while True:
        if not reader.next:
            raise reader.fault('"then" missing at end of filter file')
        if reader.next == "(":
            return _negated(_bracketed(reader), holds)
        if reader.next == ")":
            raise reader.fault('unexpected ")" in line {line} of filter file')
        word = reader.item(in_condition=True)
        if word == "then":
            raise reader.fault('unexpected "then" near line {line} of filter file')
        if word != "not":
            return _simple(reader, word, holds)
        holds = not holds


def _negated(condition: Condition, holds: bool) -> Condition:
    return condition if holds else replace(condition, holds=not condition.holds)


def _bracketed(reader: FilterReader) -> Condition:
    reader.skip(1)
    condition = read_condition(reader, toplevel=False)
    reader.skip(1)
    return condition


def _simple(reader: FilterReader, word: str, holds: bool) -> Condition:
    """The condition that begins with *word*."""
    if word in _STATES:
        return State(word, holds)
    if word == "personal":
        return Personal(_aliases(reader), holds)
    if word == "foranyaddress":
        addresses = reader.item(in_condition=True)
        if reader.next != "(":
            raise reader.fault('"(" expected after "foranyaddress" near line {line} of filter file')
        return ForAnyAddress(addresses, _bracketed(reader), holds)
    return _comparison(reader, word, holds)


def _aliases(reader: FilterReader) -> tuple[str, ...]:
    found: list[str] = []
    while True:
        before = reader.at
        if reader.word(in_condition=True) != "alias":
            reader.go_back(before)
            return tuple(reversed(found))
        found.append(reader.item(in_condition=True))


def _comparison(reader: FilterReader, left: str, holds: bool) -> Condition:
    word = reader.word(in_condition=True)
    meaning, behind = "", 0
    if word.lower() in ("does", "is"):
        if word[0] in "iI":
            meaning, behind = ("is" if word[0] == "i" else "IS"), reader.at
        word = reader.word(in_condition=True)
        if word.lower() == "not":
            holds = not holds
            behind = reader.at
            word = reader.word(in_condition=True)
    if word in _WORDS:
        meaning = _WORDS[word]
    elif not meaning:
        raise reader.fault("unrecognized condition word {} near line {line} of filter file", word)
    else:  # what follows "is" is the text to compare with
        reader.go_back(behind)
    return Comparison(meaning, left, reader.item(in_condition=True), holds)


@dataclass(slots=True)
class _Join:
    """An ``or`` whose right side is still to come. *parent*: the one whose right side it is."""

    left: _Join | Condition
    parent: _Join | None = None
    right: _Join | Condition | None = None


class _Chain:
    """Conditions joined by ``and`` and ``or``, put together in the shape that Exim's own trace shows."""

    def __init__(self) -> None:
        self._group: list[Condition] = []
        self._root: _Join | None = None
        self._last: _Join | None = None

    def term(self, condition: Condition) -> None:
        self._group.append(condition)

    def joined(self, word: str) -> None:
        """*word* follows the last term."""
        if word == "and":
            return
        last, single, group = self._last, len(self._group) == 1, self._end_group()
        if last is None:
            self._root = self._last = _Join(group)
        elif single:
            last.right = group
            self._put(_Join(last, last.parent))
        else:
            self._put(_Join(group, last))

    def _put(self, join: _Join) -> None:
        if join.parent is None:
            self._root = join
        else:
            join.parent.right = join
        self._last = join

    def _end_group(self) -> Condition:
        """The terms since the last ``or``, joined by ``and``."""
        whole = self._group.pop()
        while self._group:
            whole = Both(self._group.pop(), whole)
        return whole

    def condition(self) -> Condition:
        """All of it."""
        group = self._end_group()
        if self._root is None or self._last is None:
            return group
        self._last.right = group
        return _frozen(self._root)


def _frozen(join: _Join | Condition | None) -> Condition:
    """The conditions of *join*, whichever side its other joins are on."""
    waiting: list[_Join] = []
    done: dict[int, Condition] = {}
    assert join is not None
    if not isinstance(join, _Join):
        return join
    waiting.append(join)
    while waiting:
        top = waiting[-1]
        open_sides = [
            side for side in (top.left, top.right) if isinstance(side, _Join) and id(side) not in done
        ]
        if open_sides:
            waiting += open_sides
            continue
        left, right = (
            side if not isinstance(side, _Join) else done[id(side)] for side in (top.left, top.right)
        )
        assert left is not None
        assert right is not None
        done[id(top)] = Either(left, right)
        waiting.pop()
    return done[id(join)]
