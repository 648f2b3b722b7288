"""How the run of an ACL ends. Spec: 44.9 "ACL verbs", 44.10 "The default outcome"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from eximconf.source.records import record
from eximconf.source.text import Location


class Verdict(Enum):
    """What an ACL decides; the value is Exim's own word in a trace.

    `ERROR`: something is wrong with the ACL itself. SMTP answers it as `DEFER`.
    """

    ACCEPT = "ACCEPT"
    DENY = "DENY"
    DEFER = "DEFER"
    DISCARD = "DISCARD"
    DROP = "DROP"
    ERROR = "ERROR"

    __hash__ = object.__hash__  # that of Enum is much slower


@record
class StatementPlace:
    """A statement: the *acl* it stands in (its name, its file, or ``inline``), its *verb*, its *number*
    in the ACL from 1 on, and where it stands, None for text without a file."""

    acl: str
    verb: str
    number: int
    location: Location | None

    def __str__(self) -> str:
        """``acl_check_rcpt deny exim.conf:88``"""
        where = f" {self.location.file.name}:{self.location.line}" if self.location is not None else ""
        return f"{self.acl} {self.verb}{where}"


@dataclass(slots=True)
class FailedSender:
    """A sender address that was verified and found bad.

    *message*: the reason for the log, *user_message*: for the client; None where there is none. *deferred*: it
    could not be completed. *told*: it has been in an answer or a log line, and is not said again; whoever
    says it sets that. *check*: what failed, ``""``, ``postmaster`` or ``null sender`` (of a callout).
    """

    address: str
    message: str | None = None
    user_message: str | None = None
    deferred: bool = False
    told: bool = False
    check: str = ""


@record
class AclOutcome:
    """The outcome of one run.

    *user_message*: what the client is told, "" for the phase's own text; an SMTP code that it begins with
    is still there. Where it is long it is broken into lines, as Exim does. *log_message*: what stands
    behind the colon of the log line of a refusal, with all its lines; None for nothing. *statement*: the one that decided, None
    where the end of the ACL did, or no ACL was run. *log_reject_target*: the logs that a refusal goes to
    (``main reject panic``), none where it is not logged. *details*: with `Verdict.DEFER`: the client may be
    told *user_message*; else it gets "Temporary local problem". *failed_sender*: the sender whose
    verification failed last in this run. *dies*: Exim would log *log_message*, also to the panic log, and end
    its process at once: the client gets no answer. *waited*: the seconds that ``delay`` took.
    """

    verdict: Verdict
    user_message: str = ""
    log_message: str | None = None
    statement: StatementPlace | None = None
    log_reject_target: frozenset[str] = frozenset(("main", "reject"))
    details: bool = False
    failed_sender: FailedSender | None = None
    dies: bool = False
    waited: int = 0

    @property
    def location(self) -> Location | None:
        """Where the statement that decided stands."""
        return self.statement.location if self.statement is not None else None
