"""What one step of a session has brought about: what its expectations are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from eximconf.acl.outcome import StatementPlace
from eximconf.replay.listening import Began, Ended, Entered, Finished, Happening
from eximconf.replay.world.calls import Happened, Packet
from eximconf.runtime.context import Context
from eximconf.smtp.events import Accepted, AclRan, Closed, Discarded, Event, LogEvent, Reply, Waited


@dataclass(slots=True)
class Scope:
    """*replies*: those that came, *next*: how many of them were looked at. *happenings*: of the listener, if there is one.

    *signed*: header lines with which messages were signed that went out, one text for each.
    *closed_before*: the connection was closed before the step, so that nothing was sent.
    """

    ctx: Context
    events: list[Event] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    next: int = 0
    happenings: list[Happening] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    packets: Sequence[Packet] = ()
    told: Sequence[Happened] = ()
    uses: Sequence[tuple[str, str]] = ()
    signed: Sequence[str] = ()
    closed_before: bool = False
    fault: str = ""

    def take(self, events: list[Event]) -> None:
        """Add what the server has done."""
        self.events += events
        self.replies += [event.text for event in events if type(event) is Reply]

    def logged(self, name: str = "") -> list[LogEvent]:
        """The lines for the log *name*, "" for any."""
        return [event for event in self.events if isinstance(event, LogEvent) and (not name or name in event.names)]

    @property
    def accepted(self) -> Accepted | None:
        """The last message that was accepted."""
        return next((event for event in reversed(self.events) if isinstance(event, Accepted)), None)

    @property
    def discarded(self) -> Discarded | None:
        return next((event for event in self.events if isinstance(event, Discarded)), None)

    @property
    def closed(self) -> Closed | None:
        return next((event for event in self.events if isinstance(event, Closed)), None)

    @property
    def waited(self) -> float:
        return sum(event.seconds for event in self.events if isinstance(event, Waited))

    def decisions(self) -> list[StatementPlace]:
        """The statements that decided, the ends of ACLs too; those of ACLs inside others if somebody listened."""
        if self.happenings:
            return _heard(self.happenings)
        return [event.outcome.statement for event in self.events if isinstance(event, AclRan) and event.outcome.statement]


def _heard(happenings: list[Happening]) -> list[StatementPlace]:
    found: list[StatementPlace] = []
    first: str | None = None
    option = ""
    for one in happenings:
        match one:
            case Began():
                first, option = None, one.text
            case Entered():
                first = one.acl if first is None else first
            case Ended() if one.decided:
                found.append(StatementPlace(one.acl, one.statement.verb, 0, one.statement.location))
            case Finished() if one.outcome.statement is None:
                found.append(StatementPlace(first or option, "end", 0, None))
    return found
