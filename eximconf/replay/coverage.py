"""Which statements and conditions of ACLs were tried, and how they came out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from eximconf.config.model import AclClause, AclStatement, Configuration
from eximconf.replay.clauses import is_condition, written
from eximconf.replay.secrets import Redactor
from eximconf.runtime.acl_events import ConditionResult
from eximconf.source.text import Location

_MESSAGES = frozenset(("message", "log_message", "endpass"))


class Kind(Enum):
    """What is counted. A statement and a modifier are covered when they were reached, a condition when it was true
    once and false once. Messages and ``endpass`` are not counted."""

    STATEMENT = "statement"
    CONDITION = "condition"
    MODIFIER = "modifier"


class Unit(NamedTuple):
    """A statement, condition or modifier at *offset* of *file*. *acl*: the ACL it stands in, "" outside of named ones."""

    file: str
    offset: int
    line: int
    column: int
    kind: Kind
    acl: str
    text: str


class Tally(NamedTuple):
    """How often something came out how."""

    true: int = 0
    false: int = 0
    deferred: int = 0
    error: int = 0

    @property
    def reached(self) -> int:
        return self.true + self.false + self.deferred + self.error


_ORDER = tuple(ConditionResult)
Counts = dict[Unit, Tally]


class Score(NamedTuple):
    """*hit* of *all* points: one for a statement or modifier, two for a condition."""

    hit: int
    all: int

    @property
    def percent(self) -> float:
        return 100.0 * self.hit / self.all if self.all else 100.0


def score(counts: Mapping[Unit, Tally]) -> Score:
    """How much of *counts* is covered."""
    hit = total = 0
    for unit, tally in counts.items():
        if unit.kind is Kind.CONDITION:
            hit += (tally.true > 0) + (tally.false > 0)
            total += 2
        else:
            hit += tally.reached > 0
            total += 1
    return Score(hit, total)


def by_acl(counts: Mapping[Unit, Tally]) -> dict[str, Counts]:
    """*counts* of each ACL, in the order of the files."""
    found: dict[str, Counts] = {}
    for unit in sorted(counts, key=lambda unit: (unit.file, unit.offset)):
        found.setdefault(unit.acl or "inline", {})[unit] = counts[unit]
    return found


def merge(into: Counts, counts: Mapping[Unit, Tally]) -> None:
    """Add *counts* to those of another run."""
    for unit, tally in counts.items():
        before = into.get(unit)
        into[unit] = tally if before is None else Tally(*map(sum, zip(before, tally, strict=True)))


@dataclass(slots=True)
class Coverage:
    """Counts for any number of configurations. Of the protocol `Counter`."""

    _units: dict[int, Unit] = field(default_factory=dict)
    _kept: list[object] = field(default_factory=list)
    _tallies: dict[Unit, list[int]] = field(default_factory=dict)
    _planned: set[int] = field(default_factory=set)
    _redactor: Redactor = field(default_factory=Redactor)

    def plan(self, configuration: Configuration) -> None:
        """Have all named ACLs of *configuration* in the counts, reached or not."""
        if id(configuration) in self._planned:
            return
        self._planned.add(id(configuration))
        self._kept.append(configuration)
        self._redactor = Redactor.of(configuration)
        for acl in configuration.acls.values():
            for statement in acl.statements:
                self._add(statement, self._unit_of_statement(statement, acl.name))
                for clause in statement.clauses:
                    if clause.word not in _MESSAGES:
                        self._add(clause, self._unit_of_clause(clause, acl.name))

    def _add(self, node: AclStatement | AclClause, unit: Unit) -> list[int]:
        self._units[id(node)] = unit
        return self._tallies.setdefault(unit, [0] * len(_ORDER))

    def count_statement(self, statement: AclStatement, result: ConditionResult) -> None:
        unit = self._units.get(id(statement))
        if unit is None:
            self._kept.append(statement)
            unit = self._unit_of_statement(statement, "")
            self._add(statement, unit)
        self._tallies[unit][_ORDER.index(result)] += 1

    def count_clause(self, clause: AclClause, result: ConditionResult) -> None:
        unit = self._units.get(id(clause))
        if unit is None:
            self._kept.append(clause)
            unit = self._unit_of_clause(clause, "")
            self._add(clause, unit)
        self._tallies[unit][_ORDER.index(result)] += 1

    def taken(self) -> Counts:
        """The counts since the last call, those of zero too."""
        counts = {unit: Tally(*tally) for unit, tally in self._tallies.items()}
        for tally in self._tallies.values():
            tally[:] = [0] * len(_ORDER)
        return counts

    def _unit_of_statement(self, statement: AclStatement, acl: str) -> Unit:
        return _unit(statement.location, Kind.STATEMENT, acl, statement.verb)

    def _unit_of_clause(self, clause: AclClause, acl: str) -> Unit:
        kind = Kind.CONDITION if is_condition(clause) else Kind.MODIFIER
        return _unit(clause.location, kind, acl, self._redactor.strike(written(clause)))


def _unit(location: Location, kind: Kind, acl: str, text: str) -> Unit:
    return Unit(location.file.name, location.start, location.line, location.column, kind, acl, text)


def gaps(counts: Mapping[Unit, Tally]) -> Iterator[tuple[Unit, str]]:
    """What is not covered, and how: ``never reached``, ``never true``, ``never false``."""
    unreached: set[str] = set()
    for unit in sorted(counts, key=lambda unit: (unit.file, unit.offset)):
        tally = counts[unit]
        if unit.kind is Kind.STATEMENT:
            unreached = set() if tally.reached else {unit.acl}
            if not tally.reached:
                yield unit, "never reached"
        elif unit.acl in unreached:
            continue
        elif not tally.reached:
            yield unit, "never reached"
        elif unit.kind is Kind.CONDITION and not (tally.true and tally.false):
            yield unit, "never true" if not tally.true else "never false"


def files_of(counts: Iterable[Unit]) -> list[str]:
    """The files that are counted, each once."""
    return sorted({unit.file for unit in counts if unit.file})
