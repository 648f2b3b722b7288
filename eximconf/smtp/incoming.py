"""A message on its way in: its header as it changes, and what has been decided about it."""

from __future__ import annotations

from dataclasses import dataclass

from eximconf.message.header_kinds import HeaderLine
from eximconf.message.reception import Received
from eximconf.runtime.session import Message
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.header_changes import apply_changes


@dataclass(slots=True)
class Incoming:
    """A message on its way in.

    *lines* are its header lines, removed ones included; *own_line* is the ``Received:`` among them that was made
    here. *message_id*: the ``Message-ID:`` line that is logged; *created_id*: it was made here, too. *raw_recipients*: as they were before any rewriting. *reply*: what
    is answered in place of the usual, "" for that; *answered*: an answer was given already. *blackholed_by*: why
    nobody gets it, *blackhole_reason* for the log.
    """

    dialogue: Dialogue
    received: Received
    lines: list[HeaderLine]
    own_line: HeaderLine | None = None
    identity: str = ""
    started: float = 0.0
    message_id: HeaderLine | None = None
    created_id: bool = False
    raw_recipients: tuple[str, ...] = ()
    reply: str = ""
    answered: bool = False
    prdr: bool = False
    user_message: str = ""
    blackholed_by: str = ""
    blackhole_reason: str = ""
    faked: str | None = None

    @property
    def message(self) -> Message:
        return self.dialogue.message

    def show(self) -> None:
        """Let expansions see the header lines as they are now."""
        self.message.headers[:] = [line.text for line in self.lines if line.stays]

    def change_headers(self) -> None:
        """Obey what ACLs have asked for, and take what a condition (``dcc``) has put behind the others at once."""
        there = sum(line.stays for line in self.lines)
        self.lines.extend(HeaderLine(text) for text in self.message.headers[there:])
        if self.message.added or self.message.removed:
            apply_changes(self.lines, self.message)
            self.dialogue.ctx.variables.pop("headers_added", None)
            self.show()

    def envelope_details(self) -> str:
        """What the reject log has below a line about this message."""
        text, recipients = "", self.message.recipients
        if recipients:
            text = f"Envelope-from: <{self.message.sender}>\nEnvelope-to: <{recipients[0].address}>\n"
            text += "".join(f"    <{recipient.address}>\n" for recipient in recipients[1:5])
            text += "    ...\n" if len(recipients) > 5 else ""
        return text + "".join(f"{line.kind} {line.text}" for line in self.lines)
