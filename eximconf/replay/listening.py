"""Listens to ACLs while they run, for explanations, coverage and assertions about who decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeAlias

from eximconf.acl.engine import AclEngine
from eximconf.acl.outcome import AclOutcome
from eximconf.config.model import AclClause, AclStatement
from eximconf.runtime.acl_events import ConditionResult
from eximconf.runtime.context import Context
from eximconf.runtime.session import Recipient


class Began(NamedTuple):
    """The server asks an ACL in *phase*; *text* is what its option says."""

    phase: str
    text: str


class Entered(NamedTuple):
    acl: str
    statement: AclStatement


class Tested(NamedTuple):
    acl: str
    clause: AclClause
    value: str
    result: ConditionResult


class Ended(NamedTuple):
    acl: str
    statement: AclStatement
    result: ConditionResult
    decided: str


class Finished(NamedTuple):
    outcome: AclOutcome


Happening: TypeAlias = Began | Entered | Tested | Ended | Finished


class Counter(Protocol):
    """Counts for coverage."""

    def count_statement(self, statement: AclStatement, result: ConditionResult) -> None: ...
    def count_clause(self, clause: AclClause, result: ConditionResult) -> None: ...


@dataclass(slots=True)
class Listener:
    """Of the protocol `AclEvents`. *happenings* since they were last taken; *counter*: counts along, None for no one.

    *keeps*: whether anybody takes the happenings.
    """

    counter: Counter | None = None
    keeps: bool = True
    happenings: list[Happening] = field(default_factory=list)

    def began(self, phase: str, text: str) -> None:
        if self.keeps:
            self.happenings.append(Began(phase, text))

    def entered(self, acl: str, statement: AclStatement) -> None:
        if self.keeps:
            self.happenings.append(Entered(acl, statement))

    def tested(self, acl: str, clause: AclClause, value: str, result: ConditionResult) -> None:
        if self.counter is not None:
            self.counter.count_clause(clause, result)
        if self.keeps:
            self.happenings.append(Tested(acl, clause, value, result))

    def ended(self, acl: str, statement: AclStatement, result: ConditionResult, decided: str) -> None:
        if self.counter is not None:
            self.counter.count_statement(statement, result)
        if self.keeps:
            self.happenings.append(Ended(acl, statement, result, decided))

    def finished(self, outcome: AclOutcome) -> None:
        if self.keeps:
            self.happenings.append(Finished(outcome))

    def taken(self) -> list[Happening]:
        """What has happened since the last call."""
        taken, self.happenings = self.happenings, []
        return taken


class ListeningEngine(AclEngine):
    """An engine that tells a `Listener` where the runs that the server asks for begin and end."""

    def run(
        self, ctx: Context, phase: str, text: str | None, recipient: Recipient | None = None
    ) -> AclOutcome:
        listener = ctx.acl_events
        if not isinstance(listener, Listener):
            return super().run(ctx, phase, text, recipient)
        listener.began(phase, text or "")
        outcome = super().run(ctx, phase, text, recipient)
        listener.finished(outcome)
        return outcome
