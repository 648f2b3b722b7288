"""The start of a conversation, up to where mail could be sent: connection, EHLO, TLS, AUTH. Spec: 30.4, 44.22."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from errno import EADDRNOTAVAIL

from eximconf.config.model import DriverBlock
from eximconf.dns.host import Host
from eximconf.route.callout.authentication import AuthenticationProblem, Cancelled, authenticate, usable
from eximconf.route.callout.conversation import Broken, Conversation, NoReply, reason_of
from eximconf.route.callout.transport import CalloutTransport
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.printing import printing
from eximconf.runtime.services import ClientTls, Remotes
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted

_AUTH = re.compile(r"\n250[- ]AUTH[ \t]+([ -~]*)", re.IGNORECASE)


class SetupFailed(Exception):
    """A host cannot be asked.

    *message*: why, for the log. *answered*: the host says so in its reply; *lost*: nothing more can be said to it.
    *tls*: it is for want of TLS. *errno*: the system's number for it.
    """

    def __init__(
        self, message: str, answered: bool = False, lost: bool = False, tls: bool = False, errno: int = 0
    ) -> None:
        super().__init__(message)
        self.message = message
        self.answered = answered
        self.lost = lost
        self.tls = tls
        self.errno = errno


@dataclass(slots=True)
class Peer:
    """A host that is ready. *offered*: the lines of its reply to EHLO; *authenticated*: by which authenticator;
    *pipelines*: it takes commands together."""

    conversation: Conversation
    offered: str = ""
    authenticated: str = ""
    pipelines: bool = False

    def offers(self, keyword: str) -> bool:
        return (
            re.search(rf"\n[0-9]{{3}}[- ]{keyword}(?:[ \t\n]|\Z)", self.offered, re.IGNORECASE) is not None
        )


@dataclass(slots=True)
class LastPeer:
    """What Exim remembers in one process of the host before: whether it pipelined, which words of errors with the next
    one then say. Seen in 4.96 to 4.100-dev."""

    pipelined: bool = False

    @classmethod
    def of(cls, ctx: Context) -> LastPeer:
        kept = ctx.services.memory.setdefault(cls, cls())
        assert isinstance(kept, cls)
        return kept


@dataclass(slots=True)
class Greeting:
    """What is needed to start conversations. *connect_timeout*, *timeout* (of a reply) in seconds. *peer*: with whom
    the conversation is at the moment, also when it fails."""

    ctx: Context
    transport: CalloutTransport
    authenticators: Sequence[DriverBlock]
    remotes: Remotes
    connect_timeout: float
    timeout: float
    peer: Peer | None = field(default=None, init=False)

    def start(self, host: Host, port: int, interface: str, clear: bool = False) -> Peer:
        """Talk to *host*; *clear*: without TLS. Raises `SetupFailed`, `Unrecorded`."""
        self.peer = None
        peer = self.peer = Peer(self._connect(host, port, interface))
        name = self._own_name()
        try:
            self._ready(peer, host, name, clear)
            avoided = (
                self.transport.covers("hosts_avoid_pipelining", host) if peer.offers("PIPELINING") else True
            )
            peer.pipelines = LastPeer.of(self.ctx).pipelined = not avoided
            return peer
        except NoReply as fault:
            raise _failed(peer.conversation, fault, host) from None

    def _connect(self, host: Host, port: int, interface: str) -> Conversation:
        trace, address = self.ctx.trace, host.address or ""
        if trace is not None:
            self.transport.covers("hosts_require_dane", host)
            trace.flat(f"interface={interface or 'NULL'} port={port}")
            self.transport.covers("hosts_pipe_connect", host)
            trace.line(f"Connecting to {host.name} [{address}]:{port} ...")
            trace.level += 1
            self.transport.covers("hosts_try_fastopen", host)
            trace.level -= 1
        try:
            link = self.remotes.connect(host.name, address, port, interface, self.connect_timeout)
        except OSError as failure:
            reason = reason_of(failure)
            if interface and failure.errno == EADDRNOTAVAIL and at_least(self.ctx.target, "4.98"):
                self._log(f"bind of [{interface}]:0 failed")
            if trace is not None:
                trace.line(f" sock_connect failed: {reason}")
            raise SetupFailed(reason, lost=True, errno=failure.errno or 0) from None
        if trace is not None:
            trace.line("connected")
        self.ctx.variables["sending_ip_address"], sending_port = link.local_address()
        self.ctx.variables["sending_port"] = str(sending_port)
        return Conversation(link, self.timeout, trace, LastPeer.of(self.ctx).pipelined)

    def _own_name(self) -> str | Outcome:
        try:
            return self.transport.expanded("helo_data") or ""
        except Outcome as failure:
            return failure

    def _ready(self, peer: Peer, host: Host, name: str | Outcome, clear: bool) -> None:
        transport, conversation = self.transport, peer.conversation
        if transport.protocol == "smtps":
            self._start_tls(peer, host)
        _demand(conversation.read(), conversation)
        if isinstance(name, Outcome):
            raise SetupFailed(f"failed to expand helo_data: {name.message}")
        self._greet(peer, host, name)
        secured = transport.protocol == "smtps"
        if not clear and not secured and self._wants_tls(peer, host):
            reply = conversation.ask("STARTTLS")
            if reply[:1] == "2":
                self._start_tls(peer, host)
                secured = True
                self._greet(peer, host, name)
            elif reply[:1] == "4" and not transport.flag("tls_tempfail_tryclear"):
                _demand(reply, conversation)
        if not secured and transport.covers("hosts_require_tls", host):
            tried = (
                "an attempt to start TLS failed"
                if peer.offers("STARTTLS")
                else "the server did not offer TLS support"
            )
            raise SetupFailed(f"a TLS session is required, but {tried}", tls=True)
        self._authenticate(peer, host)

    def _greet(self, peer: Peer, host: Host, name: str) -> None:
        """EHLO, and HELO for a host that does not know it. Raises `NoReply`, `SetupFailed`."""
        conversation, transport = peer.conversation, self.transport
        peer.offered = ""
        if transport.protocol == "lmtp":
            peer.offered = _demand(conversation.ask(f"LHLO {name}"), conversation)
            return
        said = ""
        if not transport.covers("hosts_avoid_esmtp", host):
            said = conversation.ask(f"EHLO {name}")
            if said[:1] == "2":
                peer.offered = said
                return
        try:
            conversation.ask(f"HELO {name}")
        except NoReply as fault:
            if fault.broken is Broken.CLOSED and said:
                closed = f"Remote host closed connection in response to {conversation.command}"
                raise SetupFailed(f"{closed} (EHLO response was: {said})", lost=True) from None
            fault.text = _over(fault.text, said)
            raise
        if conversation.reply[:1] != "2":
            conversation.reply = _over(conversation.reply, said)
        _demand(conversation.reply, conversation)

    def _wants_tls(self, peer: Peer, host: Host) -> bool:
        transport = self.transport
        return (
            peer.offers("STARTTLS")
            and not transport.covers("hosts_avoid_tls", host)
            and not transport.covers("hosts_verify_avoid_tls", host)
        )

    def _start_tls(self, peer: Peer, host: Host) -> None:
        conversation = peer.conversation
        try:
            if conversation.has_more():
                raise OSError("synch error before connect")
            conversation.link.start_tls(self._tls_options(host))
        except OSError as failure:
            conversation.close()
            self.peer = None
            raise SetupFailed(f"TLS session: {reason_of(failure)}", tls=True) from None

    def _tls_options(self, host: Host) -> ClientTls:
        transport = self.transport
        required = transport.covers("tls_verify_hosts", host)
        values = {}
        for option in ("tls_sni", "tls_certificate", "tls_privatekey", "tls_verify_certificates"):
            try:
                values[option] = transport.expanded(option) or ""
            except Outcome as failure:
                raise OSError(f"failed to expand {option}: {failure.message}") from None
        return ClientTls(
            values["tls_sni"], values["tls_certificate"], values["tls_privatekey"],
            values["tls_verify_certificates"], required,
        )  # fmt: skip

    # Authentication

    def _authenticate(self, peer: Peer, host: Host) -> None:
        required = self.transport.covers("hosts_require_auth", host)
        reason = "server did not advertise AUTH support"
        offered = _AUTH.search(peer.offered)
        if offered is not None and (required or self.transport.covers("hosts_try_auth", host)):
            reason = "no common mechanisms were found"
            for block in usable(self.ctx, self.authenticators, offered[1].split()):
                reason = "authentication attempt(s) failed"
                if self._try(peer, host, block):
                    peer.authenticated = block.name
                    return
        if required:
            raise SetupFailed(f"authentication required but {reason}")

    def _try(self, peer: Peer, host: Host, block: DriverBlock) -> bool:
        """Whether authentication by *block* succeeds. Raises `NoReply` and `SetupFailed`."""
        conversation = peer.conversation
        where = f"H={host.name} [{host.address}]"
        try:
            if authenticate(self.ctx, block, conversation):
                return True
        except Cancelled as end:
            if str(end):
                self._log(f"{block.name} authenticator cancelled authentication {where} {end}")
            return False
        except AuthenticationProblem as problem:
            raise SetupFailed(str(problem)) from None
        if conversation.reply[:1] != "5":
            _demand(conversation.reply, conversation)
        self._log(f"{block.name} authenticator failed {where} {conversation.reply}")
        return False

    def _log(self, text: str) -> None:
        if self.ctx.log is not None:
            self.ctx.log(LogLine(text))


def _over(reply: str, said: str) -> str:
    """A bad reply to HELO as Exim keeps it: over the one to EHLO, of which the rest remains. Seen in 4.96 to 4.100-dev."""
    return Tainted(reply + said[len(reply) :])


def _demand(reply: str, conversation: Conversation) -> str:
    """*reply*, if it is a good one. Raises `SetupFailed`."""
    if reply[:1] == "2":
        return reply
    shown = printing(reply)
    raise SetupFailed(
        f"SMTP error from remote mail server after {conversation.described}: {shown}", answered=True
    )


def _failed(conversation: Conversation, fault: NoReply, host: Host) -> SetupFailed:
    command = conversation.described
    message = f"{host.name} [{host.address}]"
    match fault.broken:
        case Broken.TIMEOUT:
            message = f"SMTP timeout after {command}"
        case Broken.CLOSED:
            message = f"Remote host closed connection in response to {command}"
        case Broken.MALFORMED:
            text = printing(fault.text.lstrip())
            shown = (
                f"in response to {command}: {text}" if text else f"(an empty line) in response to {command}"
            )
            message = f"Malformed SMTP reply {shown}"
    return SetupFailed(message, lost=True)
