"""The engine driven as a server would: a connection, EHLO, MAIL and RCPT commands, without any SMTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from eximconf.acl.engine import AclEngine
from eximconf.acl.outcome import AclOutcome, Verdict
from eximconf.config.load import load_source
from eximconf.config.model import Configuration
from eximconf.config.settings import Settings
from eximconf.dns.recorded import RecordedDns
from eximconf.dns.zone_text import parse_zone_text
from eximconf.runtime.context import Context
from eximconf.runtime.hints import MemoryHints
from eximconf.runtime.live import LiveFiles
from eximconf.runtime.log import LogLine
from eximconf.runtime.services import Services
from eximconf.runtime.session import Connection, Message, Recipient
from eximconf.runtime.trace import Trace
from eximconf.runtime.value import Tainted
from eximconf.source.text import SourceFile


def configuration(text: str, name: str = "acl.conf") -> Configuration:
    """The linked configuration *text*, which must be one that Exim starts with."""
    found = load_source(SourceFile(name, text), _no_files)
    assert found.stop is None, found.stop
    return found


def _no_files(path: str) -> str:
    raise FileNotFoundError(path)


class StoppedClock:
    """A clock that stands still until it is set."""

    def __init__(self, time: float = 1_767_600_000.0) -> None:
        self.time = time

    def now(self) -> float:
        return self.time


@dataclass
class Step:
    """One ACL run: what it was for, how it ended, and the trace and log lines on the way, in order."""

    phase: str
    outcome: AclOutcome
    recipient: str = ""
    lines: list[str] = field(default_factory=list)


class Session:
    """One connection with its context. *lines*: trace lines with ``>>> ``, log lines with ``LOG: ``."""

    def __init__(
        self,
        found: Configuration,
        client: str = "192.0.2.7",
        *,
        services: Services | None = None,
        zone: str = "",
        traced: bool = True,
    ) -> None:
        self.configuration = found
        self.engine = AclEngine(found)
        self.lines: list[str] = []
        self.steps: list[Step] = []
        services = services or Services(
            clock=StoppedClock(), files=LiveFiles(), hints=MemoryHints(), dns=RecordedDns(parse_zone_text(zone))
        )
        self.connection = Connection(client=client)
        self.ctx = Context(
            settings=Settings(found),
            lists=found,
            services=services,
            target=found.target,
            connection=self.connection,
            trace=Trace(self._trace) if traced else None,
            log=self._log,
        )
        self.ctx.variables["sender_host_address"] = client
        self._name_client()

    def _trace(self, text: str) -> None:
        self.lines += [f">>> {line}" for line in text.split("\n")]

    def _log(self, line: LogLine) -> None:
        self.lines.append(f"LOG: {line.text}")

    def _name_client(self) -> None:
        helo = f"({self.connection.helo}) " if self.connection.helo else ""
        self.ctx.variables["sender_fullhost"] = f"{helo}[{self.connection.client}]"

    def run(self, phase: str, option: str | None = None, recipient: Recipient | None = None) -> AclOutcome:
        """Run the ACL that the option of this phase names."""
        self.lines = []
        text = self.configuration[option or f"acl_smtp_{phase}"]
        outcome = self.engine.run(self.ctx, phase, text if isinstance(text, str) else None, recipient)
        self.steps.append(Step(phase, outcome, recipient.address if recipient else "", self.lines))
        return outcome

    def hello(self, name: str) -> None:
        self.connection.helo = name
        self.ctx.variables["sender_helo_name"] = Tainted(name)
        self._name_client()

    def mail(self, sender: str) -> None:
        """Begin a message."""
        self.connection.message = Message(sender=sender)
        self.ctx.variables["sender_address"] = Tainted(sender)
        self.ctx.variables["recipients_count"] = "0"
        for name in [name for name in self.ctx.variables if name.startswith("acl_m")]:
            del self.ctx.variables[name]

    def rcpt(self, address: str) -> AclOutcome:
        """The RCPT ACL for one recipient, who is taken if it accepts."""
        recipient = Recipient(address)
        outcome = self.run("rcpt", recipient=recipient)
        message = self.connection.message
        assert message is not None
        if outcome.verdict.value in ("ACCEPT", "DISCARD"):
            message.recipients.append(recipient)
            self.ctx.variables["recipients_count"] = str(len(message.recipients))
        return outcome


def play(
    found: Configuration,
    sender: str,
    recipients: Sequence[str],
    client: str = "192.0.2.7",
    helo: str = "me.example",
    variables: Mapping[str, str] | None = None,
    traced: bool = True,
) -> Session:
    """A connection with one message, up to its last recipient."""
    session = Session(found, client, traced=traced)
    session.ctx.variables.update(variables or {})
    if found["acl_smtp_connect"]:
        session.run("connect")
    session.hello(helo)
    if found["acl_smtp_helo"]:
        session.run("helo")
    session.mail(sender)
    if found["acl_smtp_mail"]:
        session.run("mail")
    for recipient in recipients:
        outcome = session.rcpt(recipient)
        if outcome.dies or outcome.verdict is Verdict.DROP:
            break
    return session
