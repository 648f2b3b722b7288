"""What ACLs remember from one run to the next, for a connection, a message or a command."""

from __future__ import annotations

from dataclasses import dataclass, field

from eximconf.acl.outcome import FailedSender
from eximconf.match.verdict import ListCache
from eximconf.runtime.acl_answers import VerifyAnswer
from eximconf.runtime.context import Context
from eximconf.runtime.session import Message


@dataclass(slots=True)
class SenderCheck:
    """The result of verifying a sender address, which other recipients of the message use; *failed*: how it is
    told of if it is not good."""

    answer: VerifyAnswer
    failed: FailedSender


@dataclass(slots=True)
class MessageMemory:
    """For one message: from the one before it to its end.

    *warned*: log lines of ``warn`` that were written; *rates*: by key; *senders*: verified ones, last first.
    """

    message: Message | None = None
    warned: set[str] = field(default_factory=set)
    rates: dict[str, float] = field(default_factory=dict)
    sender_lists: ListCache = field(default_factory=ListCache)
    sender_domain_lists: ListCache = field(default_factory=ListCache)
    senders: dict[str, SenderCheck] = field(default_factory=dict)


@dataclass(slots=True)
class Memory:
    """For one connection. *rates*: ``per_conn``; *command_rates*: those of the command at hand."""

    host_lists: ListCache = field(default_factory=ListCache)
    rates: dict[str, float] = field(default_factory=dict)
    command_rates: dict[str, float] = field(default_factory=dict)
    current: MessageMemory = field(default_factory=MessageMemory)

    @classmethod
    def of(cls, ctx: Context) -> Memory:
        """The one of the connection; of the run where there is no connection."""
        connection = ctx.connection
        if connection is None:
            kept = ctx.services.memory.setdefault(cls, cls())
            assert isinstance(kept, cls)
            return kept
        memory = connection.notes.get(_KEY)
        if not isinstance(memory, cls):
            memory = connection.notes[_KEY] = cls()
        memory.follow(connection.message)
        return memory

    def follow(self, message: Message | None) -> None:
        """Begin anew where another message has begun, or the last one has ended."""
        current = self.current
        if current.message is message:
            return
        if current.message is None:
            current.message = message  # what was noted since the last one belongs to it
            current.sender_lists.clear()
            current.sender_domain_lists.clear()
        else:
            self.current = MessageMemory(message)


_KEY = "acl"
