"""The state of one conversation, and what every command does with it: answer, log, ask ACLs and host lists."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from eximconf.acl.engine import AclEngine
from eximconf.acl.outcome import AclOutcome
from eximconf.config.model import DriverBlock
from eximconf.message.ids import MessageIds
from eximconf.runtime.context import Context
from eximconf.runtime.services import WaitingClock
from eximconf.runtime.session import Connection, Message, Recipient
from eximconf.smtp.answers import Code, coded, reply_lines
from eximconf.smtp.events import AclRan, Closed, Event, Reply, Waited
from eximconf.smtp.facts import Facts, Manner
from eximconf.smtp.hosts import HostLists
from eximconf.smtp.logbook import Logbook
from eximconf.smtp.options import Options

HISTORY = 20
"""How many commands ``$smtp_command_history`` and log lines go back."""

class Death(Exception):
    """Exim's process ends at once, without an answer; why is in the log."""


Reader: TypeAlias = "Callable[[Dialogue], bool]"
"""What takes the next octets of the input; False: there are not enough of them yet."""


@dataclass(slots=True)
class Input:
    """Octets from the client: *text* from *at* on is not read yet. *ended*: no more will come."""

    text: str = ""
    at: int = 0
    ended: bool = False

    @property
    def waits(self) -> bool:
        """Whether more has come than was read."""
        return self.at < len(self.text)

    def add(self, octets: str) -> None:
        self.text = self.text[self.at :] + octets
        self.at = 0

    def take(self, count: int) -> str:
        """The next *count* octets, or fewer if there are no more."""
        taken = self.text[self.at : self.at + count]
        self.at += len(taken)
        return taken


@dataclass(slots=True)
class Offered:
    """What the last EHLO reply offered; *mechanisms*: the names of the authenticators."""

    auth: bool = False
    tls: bool = False
    dsn: bool = False
    pipelining: bool = False
    smtputf8: bool = False
    mechanisms: frozenset[str] = frozenset()


@dataclass(slots=True)
class Hello:
    """What HELO and EHLO come to. *seen*: one was accepted. *required*, *tried*: its name must be, or is to be,
    verified; *junk*: it may be malformed."""

    seen: bool = False
    required: bool = False
    tried: bool = False
    junk: bool = False


@dataclass(slots=True)
class Pipelining:
    """Sending ahead. *allowed*: EHLO offered it in this session; *used*: the client did. *early*: the client may send
    before it has the banner; *early_used*, *early_offered* are for the log."""

    allowed: bool = False
    used: bool = False
    early: bool = False
    early_used: bool = False
    early_offered: bool = False


@dataclass(slots=True)
class Chunks:
    """BDAT (RFC 3030). *offered*: it may be used now; *active*: it is; *last*: this chunk is the last. *size*: of this
    chunk, *left*: what of it has not come yet."""

    offered: bool = False
    active: bool = False
    last: bool = False
    size: int = 0
    left: int = 0


@dataclass(slots=True)
class Counters:
    """What the client has sent, for the limits of a connection.

    *mails*: MAIL commands; *messages*: those that were accepted. *lines*: of the input, *transaction_line*: where the
    transaction began; only batches count them. *uncounted*: commands that do not count as "nonmail" now, though they are none of mail. *counts_nonmail*: whether
    the client is one for which they are counted, None until it is asked. *mail_delay*: seconds that the next MAIL
    beyond the rate limit waits.
    """

    mails: int = 0
    messages: int = 0
    lines: int = 0
    transaction_line: int = 0
    nonmail: int = 0
    errors: int = 0
    unknown: int = 0
    mail_max: int = -1
    mail_delay: float = 0.0
    counts_nonmail: bool | None = None
    uncounted: set[str] = field(default_factory=lambda: {"auth"})


@dataclass(slots=True)
class Transaction:
    """From MAIL to the end of the data, beside what `Connection.message` has.

    *open*: MAIL was accepted. *rcpts*, *deferred*, *failed*: numbers of RCPT commands. *answers*: how RCPT commands
    were answered, as long as it was always the same, None after a difference. *discards*: the MAIL ACL discards
    all recipients; *discarded*: some were. *too_many*: the limit of recipients was passed. *spooled*: the message
    was copied for the MIME ACL.
    """

    open: bool = False
    rcpts: int = 0
    deferred: int = 0
    failed: int = 0
    answer: str | None = None
    answers_same: bool = True
    discards: bool = False
    discarded: bool = False
    too_many: bool = False
    spooled: bool = False
    rcpt_delay: float = 0.0


class Dialogue:
    """One conversation.

    *reader* takes octets from *input*; *open*: the connection is. *line* is the command at hand, as ``$smtp_command``
    shows it, *argument* what follows its name there, from *argument_at* on in the *buffer*, which keeps the
    ends of longer lines, *data* what is left of that to work off. *pending*: lines of a
    reply that goes on. *rejected_mail*, *is_rcpt*: the command at hand is a MAIL that is not accepted, a RCPT;
    *after_rejected_mail*, *after_rcpt*: the one before was. *proxied*: a proxy said who the client
    is, *by_xclient* with XCLIENT, which was *xclient_offered* before; *quit_only*: it should have, and did not.
    """

    __slots__ = (
        "active_hostname", "after_rcpt", "after_rejected_mail", "argument", "argument_at", "authenticator",
        "buffer", "by_xclient",
        "chunks", "connection", "counters", "ctx", "data", "engine", "events", "facts", "hello", "history",
        "hosts", "ids", "in_rcpt", "input", "is_rcpt", "line", "log", "notquit_reason", "offered", "open",
        "options", "pending", "pipelining", "protocol", "proxied", "quit_only", "reader", "receive_timeout",
        "recipients_max", "rejected_mail", "shows_recipients", "size_limit", "tls_active", "transaction",
        "unqualified_recipient", "unqualified_sender", "xclient_offered",
    )  # fmt: skip

    def __init__(
        self, options: Options, engine: AclEngine, ctx: Context, connection: Connection, facts: Facts, ids: MessageIds,
        reader: Reader,
        events: list[Event],
    ) -> None:  # fmt: skip
        self.options = options
        self.engine = engine
        self.ctx = ctx
        self.connection = connection
        self.facts = facts
        self.ids = ids
        self.reader = reader
        self.events = events
        self.input = Input()
        self.open = True
        self.log = Logbook(ctx, options, facts, connection, self.events)
        self.hosts = HostLists(ctx, options, connection)
        self.line = self.argument = self.data = ""
        self.argument_at = 0
        self.buffer = ""
        self.history: deque[str] = deque(maxlen=HISTORY)
        self.pending = ""
        self.active_hostname = ""
        self.protocol = ""
        self.hello = Hello()
        self.offered = Offered()
        self.pipelining = Pipelining()
        self.chunks = Chunks()
        self.counters = Counters()
        self.transaction = Transaction()
        self.authenticator: DriverBlock | None = None
        self.tls_active = False
        self.proxied = self.by_xclient = self.xclient_offered = False
        self.quit_only = False
        self.unqualified_sender = self.unqualified_recipient = False
        self.size_limit = self.recipients_max = self.receive_timeout = 0
        self.in_rcpt = self.is_rcpt = self.rejected_mail = False
        self.after_rcpt = self.after_rejected_mail = False
        self.shows_recipients = False
        self.notquit_reason = ""

    @property
    def message(self) -> Message:
        """The message of this transaction; there is one before MAIL, too."""
        message = self.connection.message
        if message is None:
            message = self.connection.message = Message()
        return message

    # Answering

    def reply(self, text: str) -> None:
        """Answer with *text*, which has no line end at its end."""
        text += "\r\n"
        if self.in_rcpt:
            self._note_rcpt(text)
        self.events.append(Reply(self.pending + text))
        self.pending = ""

    def respond(self, code: Code, message: str, final: bool = True) -> None:
        """Answer with a message that may have several lines; one that is not *final* waits for the rest."""
        if self.in_rcpt:
            self._note_rcpt(message)
        multiline = "no_multiline_responses" not in self.connection.switches
        if final:
            self.events.append(Reply(self.pending + reply_lines(code, message, True, multiline)))
            self.pending = ""
        elif multiline:
            self.pending += reply_lines(code, message, False)

    def respond_user(self, default: str, message: str) -> None:
        """Answer with a message of the configuration, which may begin with a code of the class of *default*."""
        found = coded(default, message)
        if found.wrong:
            self.log_wrong_code(default, message)
        self.respond(found.code, found.text)

    def log_wrong_code(self, default: str, message: str) -> None:
        """Log that a message begins with a code that cannot be used."""
        self.log.panic(
            f"configured error code starts with incorrect digit (expected {default[0]}) in {self.log.quoted(message)}"
        )

    def _note_rcpt(self, text: str) -> None:
        """Note whether all RCPT commands of a transaction are answered alike."""
        transaction = self.transaction
        if transaction.answer is None:
            transaction.answer = text
        elif transaction.answer != text:
            transaction.answers_same = False
        self.in_rcpt = False

    # Asking

    def ask(self, phase: str, text: str | None, recipient: Recipient | None = None) -> AclOutcome:
        """Run an ACL. Raises `Death`."""
        outcome = self.engine.run(self.ctx, phase, text, recipient)
        self.events.append(AclRan(phase, outcome))
        if outcome.dies:
            self.log.panic(outcome.log_message or "")
            raise Death
        if outcome.waited:
            self.events.append(Waited(outcome.waited))
        return outcome

    def wait(self, seconds: float) -> None:
        """Let the client wait, if the clock of the run can do that."""
        clock = self.ctx.services.clock
        if seconds > 0 and isinstance(clock, WaitingClock):
            clock.wait(seconds)
            self.events.append(Waited(seconds))

    def note_pipelining(self) -> None:
        """Note that the client has sent more before it has the answer, where it may."""
        if self.offered.pipelining and self.out_of_step:
            self.pipelining.used = True

    # Staying in step

    @property
    def checks_sync(self) -> bool:
        """Whether a client that sends before it has the answer is refused."""
        if self.facts.manner is not Manner.SOCKET or not self.connection.client:
            return False
        switches = self.connection.switches
        return "enforce_sync" in switches or (
            self.options.smtp_enforce_sync and "no_enforce_sync" not in switches
        )

    @property
    def out_of_step(self) -> bool:
        """Whether the client has sent more than it should have."""
        return self.input.waits and self.checks_sync

    # Ending

    def close(self, reason: str, failed: bool = False) -> None:
        """End the connection. *failed*: with an exit status that says so, where there is one."""
        if self.open:
            self.open = False
            self.events.append(Closed(reason, failed))
