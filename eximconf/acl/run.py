"""The state of an ACL that is being run, and how a condition can end it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from eximconf.acl.memory import Memory
from eximconf.acl.outcome import FailedSender, Verdict
from eximconf.acl.recipient import AclRecipient
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.session import Connection, Message

if TYPE_CHECKING:
    from eximconf.acl.engine import AclEngine

TRUE, FALSE = Verdict.ACCEPT, Verdict.DENY
"""What a condition gives. One that runs another ACL may also give `DISCARD` and `DROP`."""

BOTH_LOGS = frozenset(("main", "reject"))


class Undecided(Exception):
    """A condition cannot be tested now (`Verdict.DEFER`), or there is a fault in it (`Verdict.ERROR`).

    *log_message*: why, None for no word about it.
    """

    def __init__(self, verdict: Verdict, log_message: str | None) -> None:
        super().__init__(verdict, log_message)
        self.verdict = verdict
        self.log_message = log_message


def fault(log_message: str | None) -> Undecided:
    """For a fault in the configuration."""
    return Undecided(Verdict.ERROR, log_message)


def deferral(log_message: str | None) -> Undecided:
    """For what may end otherwise next time."""
    return Undecided(Verdict.DEFER, log_message)


class AclRun:
    """One ACL and those that it runs.

    *user_message* and *log_message*: what the conditions so far have to say, None for nothing; ACLs inside
    share them. *level*: how deep this ACL stands in others. *line*: number and file of the statement as
    Exim knows them, 0 where it knows none. *details*: see `AclOutcome`. *callout_deferred*: the deferral is
    that of a callout. *logs_apart*: the log message is not just the user message. *waited*: seconds that ``delay`` took.
    """

    __slots__ = (
        "callout_deferred", "connection", "ctx", "details", "engine", "failed_sender", "level", "line",
        "log_message", "logs_apart", "memory", "phase", "recipient", "reject_target", "user_message", "verb",
        "waited",
    )  # fmt: skip

    def __init__(
        self,
        engine: AclEngine,
        ctx: Context,
        phase: str,
        recipient: AclRecipient | None,
        level: int = 0,
    ) -> None:
        self.engine = engine
        self.ctx = ctx
        self.phase = phase
        self.recipient = recipient
        self.level = level
        self.connection = ctx.connection if ctx.connection is not None else Connection(is_smtp=False)
        self.memory = Memory.of(ctx)
        self.line: tuple[int, str] = (0, "")
        self.verb = ""
        self.user_message: str | None = None
        self.log_message: str | None = None
        self.logs_apart = False
        self.details = False
        self.callout_deferred = False
        self.reject_target = BOTH_LOGS
        self.failed_sender: FailedSender | None = None
        self.waited = 0

    def place(self) -> str:
        """The statement that is being run, as log lines about what it evaluates name it."""
        number, file = self.line
        return f" (ACL {self.verb}, {file} {number})" if self.verb else ""

    @property
    def message(self) -> Message | None:
        """The message under way."""
        return self.connection.message

    def trace(self, text: str) -> None:
        """A line of the trace. What costs something to make is only made where ``ctx.trace`` is there."""
        if self.ctx.trace is not None:
            self.ctx.trace.line(text)

    def log(self, text: str, *, panic: bool = False, main: bool = True, reject: bool = False) -> None:
        """A line for the logs."""
        if self.ctx.log is not None:
            self.ctx.log(LogLine(text, panic, "", main, reject))

    def client(self) -> str:
        """The client as log lines name it: ``H=name [address] U=ident``."""
        return self.engine.client_text(self.ctx)


Test: TypeAlias = Callable[[AclRun, str], Verdict]
"""Tests a condition with this argument, or obeys a modifier. Raises `Undecided`, or an `Outcome`."""

Quick: TypeAlias = Callable[[AclRun], "Verdict | None"]
"""The verdict of a condition, negated as it is; None where only its test can tell. Raises what expansions raise."""


def held(found: bool) -> Verdict:
    """The verdict of a condition that is true or false."""
    return TRUE if found else FALSE
