"""What comes out of the server: replies, log lines, decisions. All texts are latin-1."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from eximconf.acl.outcome import AclOutcome
from eximconf.runtime.session import Recipient


class Reply(NamedTuple):
    """A whole reply to the client, of one line or more, each with CRLF."""

    text: str


class LogEvent(NamedTuple):
    """A line for the logs *names* (``main``, ``reject``, ``panic``).

    *text* is what stands behind the time stamp, the message's id included, no line end. *details*: the
    envelope and the header that the reject log has below the line, with line ends. *selector*: what the line
    depends on, "" for nothing. *meant_for*: the logs before switches and selectors were asked; with
    `Facts.debugging` a line is told of though no log gets it. *message*: the text without the id.
    """

    names: tuple[str, ...]
    text: str
    details: str = ""
    selector: str = ""
    meant_for: tuple[str, ...] = ()
    message: str = ""


class Accepted(NamedTuple):
    """A message was accepted.

    *headers*: its header lines as they would be spooled, each with its line end (LF), ``Received:`` first;
    *body*: what follows the empty line. *control* says what ACLs decided about it: ``freeze``, ``queue`` …
    """

    id: str
    sender: str
    recipients: tuple[Recipient, ...]
    headers: tuple[str, ...]
    body: str
    frozen: bool = False
    queue: str = ""
    queue_only: bool = False
    faked: str = ""


class Discarded(NamedTuple):
    """A message was accepted and thrown away; *by* names the ACL (``DATA ACL``)."""

    id: str
    by: str


class Closed(NamedTuple):
    """The connection ends. *reason*: ``quit``, or a word of ``$smtp_notquit_reason``, ``refused``, or ``died``. *failed*: a
    process that serves one connection ends with an exit status of 1."""

    reason: str
    failed: bool = False


class Waited(NamedTuple):
    """The server let the client wait, by the clock of the run."""

    seconds: float


class AclRan(NamedTuple):
    """An ACL was run."""

    phase: str
    outcome: AclOutcome


class TlsStarted(NamedTuple):
    """The client and the server are to speak TLS from here on."""


class Remark(NamedTuple):
    """Something that a test writes between the replies, with its line ends."""

    text: str


class DmarcReported(NamedTuple):
    """What DMARC would write down: *entry* for the file *history_file* ("" for none), and forensic *reports*, each
    with sender, recipient and text. Nothing is written or sent here."""

    history_file: str
    entry: str
    reports: tuple[tuple[str, str, str], ...]


class BatchFailed(NamedTuple):
    """Batched SMTP ends with a fault.

    *message*: the reply that other clients would have had. *started*, *line*: where in the input the transaction
    began, and where the fault is. *command*: the one at fault, if it is one. *messages*: how many were taken before.
    """

    message: str
    started: int
    line: int
    command: str | None
    messages: int


Event: TypeAlias = (
    "Reply | Remark | LogEvent | Accepted | Discarded | Closed | Waited | AclRan | TlsStarted | BatchFailed"
    " | DmarcReported"
)
