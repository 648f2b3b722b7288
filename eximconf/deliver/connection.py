"""A connection to a host: what it has offered, and its replies, which must be such."""

from __future__ import annotations

import re
from dataclasses import dataclass

from eximconf.config.model import DriverBlock
from eximconf.deliver.attempt import Used
from eximconf.deliver.errors import SMTP_FORMAT
from eximconf.deliver.event_action import Action
from eximconf.deliver.facts import RemoteHost, RemoteTls, Reply
from eximconf.deliver.fault import Fault, failed_reply, lost_reply
from eximconf.deliver.process import Process, host_text
from eximconf.dns.host import Host
from eximconf.expand.dynamic import expand_string
from eximconf.match.hosts import HostSubject, match_host_list
from eximconf.route.router import text_of
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.printing import printing
from eximconf.runtime.value import Tainted

_REPLY = re.compile(r"[2-5][0-9][0-9](?:[ -]|\Z)")


@dataclass(slots=True)
class Connection:
    """To *host*, at *port*, by the transport *block* with its *action*; *remote* is what the host does.

    *ahead*: commands were sent ahead over the connection before this one, which Exim says of the greeting of this one.
    *offered*: the words of its answer to EHLO; *mechanisms*: those of AUTH. *identity*: who we are for it. *commands*: a letter for each of
    EHLO, HELO, STARTTLS and AUTH that was sent. *tls*: None
    without; *verified*: its certificate is. *added*: by how many octets the header was made longer.
    """

    process: Process
    block: DriverBlock
    action: Action
    host: Host
    port: int
    remote: RemoteHost
    ahead: bool = False
    offered: frozenset[str] = frozenset()
    mechanisms: tuple[str, ...] = ()
    identity: str = ""
    commands: str = ""
    tls: RemoteTls | None = None
    verified: bool = False
    added: int = 0

    def tell(self, event: str, data: str = "") -> str | None:
        """Tell of an event of the transport; the text that its action gives, None for none."""
        return self.process.tell(self.action, event, data)

    def log(self, text: str, colon: str = ":") -> None:
        """A line about the host."""
        shown = printing(text, self.process.ctx.settings)
        self.process.log(f"{host_text(self.process, self.host, self.port)}{colon} {shown}")

    def listed(self, option: str) -> bool:
        """Whether the host is in the host list of an option; what cannot be decided is not."""
        ctx, text = self.process.ctx, (text_of(self.block, option) or "").strip()
        if text in ("", "*"):
            return text == "*"
        subject = HostSubject(ctx, self.host.address or "", expand_string, host_name=self.host.name)
        try:
            return match_host_list(ctx, subject, text, expand_string, option=option).found
        except Outcome:
            return False

    def hear(self, reply: str) -> None:
        """Take a good answer to EHLO."""
        lines = [line[4:].upper().split() for line in reply.split("\n")[1:]]
        self.offered = frozenset(words[0] for words in lines if words)
        self.mechanisms = tuple(name for words in lines if words[:1] == ["AUTH"] for name in words[1:])

    @property
    def lmtp(self) -> bool:
        """Whether the protocol is that for local mailboxes, where each recipient has a reply."""
        return text_of(self.block, "protocol") == "lmtp"

    @property
    def pipelines(self) -> bool:
        """Whether commands are sent ahead."""
        return "PIPELINING" in self.offered and not self.listed("hosts_avoid_pipelining")

    def used(self, chunked: bool = False) -> Used:
        """The connection as lines tell of it."""
        variables = self.process.ctx.variables
        interface, port = variables.get("sending_ip_address", ""), variables.get("sending_port", "0")
        shown = f"[{interface}]" + (f":{port}" if port != "0" else "") if interface else ""
        return Used(
            self.host, self.port, self.tls, self.verified, shown, self.pipelines, chunked, self.identity, self.added
        )  # fmt: skip

    # Replies

    def answered(self, reply: Reply, command: str) -> str:
        """The reply to *command*. Raises `Fault` where there is none, or one that is no reply of SMTP."""
        if reply is None:
            raise lost_reply(command)
        if not all(_REPLY.match(line) for line in reply.split("\n")):
            shown = printing(reply, self.process.ctx.settings)
            text = Tainted(f"Malformed SMTP reply in response to {command}: {shown}")
            raise Fault(text, SMTP_FORMAT)
        return Tainted(reply)

    def good(self, reply: Reply, command: str) -> str:
        """The reply at the start of a connection, which must be a good one. Raises `Fault`."""
        text = self.answered(reply, command)
        if text[0] != "2":
            raise failed_reply(text, command)
        return text
