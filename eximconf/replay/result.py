"""What came of sessions, as plain data that goes from process to process and into reports.

Texts are latin-1 decoded octets; secrets of the configuration are struck out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from eximconf.replay.coverage import Tally, Unit
from eximconf.replay.world.ledger import Unrecorded
from eximconf.source.diagnostic import Diagnostic
from eximconf.source.records import record


class Status(Enum):
    """How a session ended. `RECORDING`: it expects nothing. `ERROR`: it could not be played, or asked for what is not
    recorded."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    RECORDING = "recording"


@record
class TraceEntry:
    """A line of the explanation: a statement, condition or modifier, *depth* ACLs deep.

    *place* is ``exim.conf:88``, "" where there is none. *value*: the argument after expansion, None where it is *text*
    itself. *result*: ``true``, ``DENY`` …, "" for none. *decides*: this statement ended the ACL.
    """

    depth: int
    place: str
    text: str
    value: str | None = None
    result: str = ""
    decides: bool = False


@record
class Failure:
    """An expectation that did not come true, at *line* of the session."""

    line: int
    expected: str
    got: tuple[str, ...]
    note: str = ""


@record
class StepResult:
    """One step: what was sent, what came back, and why. *line* of the session; *logged*: with the names of the logs."""

    line: int
    sent: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    logged: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    trace: tuple[TraceEntry, ...] = ()
    failures: tuple[Failure, ...] = ()


@record
class ConversationResult:
    """One connection."""

    title: str
    client: str
    steps: tuple[StepResult, ...] = ()


@record
class OracleStep:
    """One step beside a real Exim, at *line* of the session: what it did and what we did, line by line.

    *differs*: they are not the same; *why*: they are not, but cannot be compared, and why that is. *follows*: only
    because an earlier step went differently.
    """

    line: int
    sent: tuple[str, ...]
    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    differs: bool = False
    why: str = ""
    follows: bool = False


@record
class SessionResult:
    """One session. *missing*: what is not recorded, with the line of the step that asked. *checks*: how many
    expectations were looked at; *seconds* of computing; *coverage*: counts by unit. *updated*: its file was written anew.

    *oracle*: the steps beside a real Exim, if there was one.
    """

    path: str
    title: str
    status: Status
    conversations: tuple[ConversationResult, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    missing: tuple[tuple[int, Unrecorded], ...] = ()
    checks: int = 0
    seconds: float = 0.0
    oracle: tuple[OracleStep, ...] = ()
    updated: bool = False
    coverage: Mapping[Unit, Tally] = field(default_factory=dict)

    @property
    def failures(self) -> list[Failure]:
        return [failure for one in self.conversations for step in one.steps for failure in step.failures]

    @property
    def good(self) -> bool:
        return self.status in (Status.PASSED, Status.RECORDING)
