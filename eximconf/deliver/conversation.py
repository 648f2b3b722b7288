"""One connection to a host, from the attempt to make it to its end. Spec: 30, 47 "SMTP processing"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from eximconf.config.model import DriverBlock
from eximconf.deliver.attempt import Attempt, Used
from eximconf.deliver.authentication import Authenticating
from eximconf.deliver.errors import (
    BY_EVENT,
    DATA_4XX,
    MAIL_4XX,
    NOT_CONNECTED,
    RCPT_4XX,
    SMTP_CLOSED,
    SMTP_FORMAT,
    TLS_FAILED,
    TLS_REQUIRED,
    number_of,
    reply_number,
)
from eximconf.deliver.event_action import Action, set_error_number
from eximconf.deliver.facts import Fate, RemoteHost, RemoteTls, Reply
from eximconf.deliver.fault import Fault, Level, failed_reply, failed_text, lost_reply, lost_text
from eximconf.deliver.process import Process, Size, host_text
from eximconf.deliver.tls import Handshake, TlsFailed, clear_tls, listed
from eximconf.dns.host import Host
from eximconf.expand.dynamic import expand_string
from eximconf.route.address import Address
from eximconf.route.router import text_of
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.printing import printing

_REPLY = re.compile(r"[2-5][0-9][0-9](?:[ -]|\Z)")
_GREETING = "initial connection"
_END_OF_DATA = "end of data"
_BEFORE_CONNECTING = ("dane-required", "dnssec-invalid")


@dataclass(slots=True)
class Conversation:
    """*last*: no host is left behind this one. *in_clear*: TLS was tried before, in vain. *size*: of the message."""

    process: Process
    block: DriverBlock
    action: Action
    host: Host
    port: int
    remote: RemoteHost
    attempts: list[Attempt]
    size: Size
    last: bool
    in_clear: bool = False
    _offered: frozenset[str] = frozenset()
    _mechanisms: tuple[str, ...] = ()
    _identity: str = ""
    _tls: RemoteTls | None = None
    _verified: bool = False
    _open: bool = field(default=False, init=False)
    _refused: bool = field(default=False, init=False)

    def run(self) -> Fault | None:
        """Deliver what is pending; the fault that has stopped it, if one has."""
        try:
            self._talk()
        except Fault as fault:
            if fault.logged and fault.early:
                self._log(fault)
            self._close()
            if fault.logged and not fault.early:
                self._log(fault)
            return fault
        self._close()
        return None

    # The steps

    def _talk(self) -> None:
        self._connect()
        self._greet()
        self._introduce()
        self._secure()
        self._identity = Authenticating(
            self.process, self.block, self.action, self.host, self.port, self.remote, self._mechanisms
        ).run()
        self._send()

    def _connect(self) -> None:
        process, host, remote = self.process, self.host, self.remote
        process.set(host=host.name, host_address=host.address, host_port=str(self.port))
        clear_tls(process)
        self._look_for_dane()
        if process.tell(self.action, "tcp:connect") is not None:
            self._log_host("Event requests alternate response")
            raise Fault("", NOT_CONNECTED, logged=False, shown=False)
        if remote.error:
            self._log_host(remote.error)
            number = remote.errno or number_of(remote.error)
            known = number == number_of(remote.error)
            raise Fault("" if known else remote.error, number, logged=False, shown=False)
        interface = remote.interface or next(iter(process.ctx.services.interfaces), "")
        process.set(sending_ip_address=interface or None, sending_port=str(remote.interface_port))
        self._open = True

    def _look_for_dane(self) -> None:
        """A host that must have DANE, and has none that counts, is given up before anything is sent to it."""
        tls, process = self.remote.tls, self.process
        if tls is None or tls.dane not in _BEFORE_CONNECTING:
            return
        before = process.ctx.variables.get("host_port")
        process.set(host_port="-1")
        process.tell(self.action, "dane:fail", tls.dane)
        process.set(host_port=before)
        message = tls.failure or f"DANE error: {self.host.name} lookup not DNSSEC"
        for attempt in self._pending():
            attempt.ends(Fate.FAILED, message)
        raise Fault(message, level=Level.MESSAGE, logged=False)

    def _greet(self) -> None:
        banner = self._good(self.remote.banner, _GREETING)
        text = self.process.tell(self.action, "smtp:connect", banner)
        if text is not None:
            raise Fault(f"deferred by smtp:connect event expansion: {text}", BY_EVENT, shown=False)

    def _introduce(self) -> None:
        if self._hello(self.remote.ehlo):
            return
        self._good(self.remote.helo, f"HELO {self._helo_name()}")

    def _hello(self, reply: Reply) -> bool:
        """Take the answer to EHLO; False if it is a refusal."""
        text = self._answered(reply, f"EHLO {self._helo_name()}")
        if self.process.since("4.93"):
            self.process.tell(self.action, "smtp:ehlo", text)
        if text[:1] != "2":
            return False
        lines = [line[4:].upper().split() for line in text.split("\n")[1:]]
        self._offered = frozenset(words[0] for words in lines if words)
        self._mechanisms = tuple(name for words in lines if words[:1] == ["AUTH"] for name in words[1:])
        return True

    def _secure(self) -> None:
        ctx, block, host = self.process.ctx, self.block, self.host
        needed = listed(ctx, block, "hosts_require_tls", host)
        offered = (
            "STARTTLS" in self._offered
            and not self.in_clear
            and not listed(ctx, block, "hosts_avoid_tls", host)
        )
        if offered and self._answered(self.remote.starttls, "STARTTLS")[:1] == "2":
            self._start_tls(needed)
        elif needed:
            why = "an attempt to start TLS failed" if offered else "the server did not offer TLS support"
            raise Fault(f"a TLS session is required, but {why}", TLS_REQUIRED)

    def _start_tls(self, needed: bool) -> None:
        tls = self.remote.tls or RemoteTls()
        try:
            self._verified = Handshake(self.process, self.block, self.action, self.host, tls).run()
        except TlsFailed as failure:
            in_clear = not needed and self.block["tls_tempfail_tryclear"] is not False
            raise Fault(str(failure), TLS_FAILED, logged=False, in_clear=in_clear) from None
        self._tls = tls
        self._hello(self.remote.ehlo if tls.ehlo is None else tls.ehlo)

    def _send(self) -> None:
        command = f"{self._pipelined()}MAIL FROM:<{self.process.around.sender}>{self._parameters()}"
        reply = self._answered(self.remote.mail, command)
        if reply[0] != "2":
            raise self._refusal(reply, command, MAIL_4XX)
        taken = [attempt for attempt in self._pending() if self._offer(attempt)]
        if not taken:
            return
        chunked = "CHUNKING" in self._offered and listed(
            self.process.ctx, self.block, "hosts_try_chunking", self.host
        )
        if not chunked:
            command = f"{self._pipelined()}DATA"
            reply = self._answered(self.remote.data, command)
            if reply[0] != "3":
                raise self._refusal(reply, command, DATA_4XX)
        self._finish(taken, chunked)

    def _offer(self, attempt: Attempt) -> bool:
        """Whether the host takes this recipient."""
        address = envelope_address(attempt.address)
        reply = self.remote.recipients.get(address, self.remote.rcpt)
        command = f"RCPT TO:<{address}>"
        text = self._answered(reply, command if reply is not None else self._pipelined() + command)
        if text[0] == "2":
            return True
        message = failed_text(text, command)
        if text[0] == "5":
            attempt.ends(Fate.FAILED, message, used=self._used())
        else:
            self._put_off(attempt, message, text)
        return False

    def _put_off(self, attempt: Attempt, message: str, reply: str) -> None:
        """A recipient is not taken now; it stays pending for the hosts that are left."""
        process = self.process
        attempt.message, attempt.errno, attempt.used = message, RCPT_4XX, self._used()
        set_error_number(process.ctx, reply_number(reply))
        self._about(attempt, "msg:rcpt:host:defer", message)
        if not self.last:
            self._log_host(message, ":" if not process.since("4.99") else "")
            return
        self._about(attempt, "msg:rcpt:defer", message)
        attempt.fate = Fate.DEFERRED

    def _finish(self, taken: list[Attempt], chunked: bool) -> None:
        """The message itself, to those who were *taken*."""
        reply = self.remote.message
        if reply is None:
            raise Fault(lost_text(_END_OF_DATA), SMTP_CLOSED, level=Level.MESSAGE, early=True)
        text = self._answered(reply, _END_OF_DATA)
        if text[0] == "4":
            raise self._refusal(text, _END_OF_DATA, DATA_4XX)
        used, before = self._used(chunked), False
        for attempt in taken:
            if text[0] == "2":
                attempt.ends(Fate.DELIVERED, "", used=used)
                attempt.confirmation, attempt.follows = text, before
                before = True
            else:
                self._refused = True
                attempt.ends(Fate.FAILED, failed_text(text, _END_OF_DATA), used=used)

    def _close(self) -> None:
        if not self._open:
            return
        self._open = False
        first = self.attempts[0].address.hosts
        if first and self._looks_for_more():
            self.process.set(host=first[0].name, host_address=first[0].address)
        self.process.tell(self.action, "tcp:close")

    def _looks_for_more(self) -> bool:
        """Whether Exim looks for more messages for the host before it closes, which makes ``$host`` the first of all hosts. Seen
        on 4.100-dev, not on 4.98.2."""
        decided = all(attempt.fate in (Fate.DELIVERED, Fate.FAILED) for attempt in self.attempts)
        if not self.process.since("4.99") or self._refused or not decided:
            return False
        return self.block["connection_max_messages"] != 1 or self._pipelines()

    # Replies

    def _answered(self, reply: Reply, command: str) -> str:
        """The reply to *command*. Raises `Fault` where there is none, or one that is no reply of SMTP."""
        if reply is None:
            raise lost_reply(command)
        if not all(_REPLY.match(line) for line in reply.split("\n")):
            shown = printing(reply, self.process.ctx.settings)
            raise Fault(f"Malformed SMTP reply in response to {command}: {shown}", SMTP_FORMAT)
        return reply

    def _good(self, reply: Reply, command: str) -> str:
        """The reply at the start of a connection, which must be a good one."""
        text = self._answered(reply, command)
        if text[0] != "2":
            raise failed_reply(text, command)
        return text

    def _refusal(self, reply: str, command: str, number: int) -> Fault:
        """The message is not taken."""
        message = failed_text(reply, command)
        self._refused = True
        if reply[0] == "5":
            used = self._used()
            for attempt in self._pending():
                attempt.ends(Fate.FAILED, message, used=used)
            return Fault(message, level=Level.MESSAGE, logged=False)
        return Fault(message, number, level=Level.MESSAGE, early=True)

    # Odds and ends

    def _pending(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.pending]

    def _pipelined(self) -> str:
        return "pipelined " if self._pipelines() else ""

    def _pipelines(self) -> bool:
        avoided = "PIPELINING" in self._offered and listed(
            self.process.ctx, self.block, "hosts_avoid_pipelining", self.host
        )
        return "PIPELINING" in self._offered and not avoided

    def _parameters(self) -> str:
        addition = self.block["size_addition"]
        if "SIZE" not in self._offered or not isinstance(addition, int) or addition < 0:
            return ""
        return f" SIZE={self.size.declared + addition}"

    def _helo_name(self) -> str:
        ctx, text = self.process.ctx, text_of(self.block, "helo_data") or "$primary_hostname"
        try:
            return expand_string(text, ctx)
        except Outcome:
            return ctx.services.hostname

    def _used(self, chunked: bool = False) -> Used:
        variables = self.process.ctx.variables
        interface, port = variables.get("sending_ip_address", ""), variables.get("sending_port", "0")
        shown = f"[{interface}]" + (f":{port}" if port != "0" else "") if interface else ""
        return Used(
            self.host, self.port, self._tls, self._verified, shown, self._pipelines(), chunked, self._identity
        )  # fmt: skip

    def used(self) -> Used:
        """The connection as lines tell of it."""
        return self._used()

    def _about(self, attempt: Attempt, event: str, data: str) -> None:
        """Tell of what has happened to one address."""
        self.process.tell_about(attempt.address, self.block.name, self.action, event, data)

    def _log(self, fault: Fault) -> None:
        self._log_host(fault.message, ":")

    def _log_host(self, text: str, colon: str = "") -> None:
        self.process.log(
            f"{host_text(self.process, self.host, self.port)}{colon} {printing(text, self.process.ctx.settings)}"
        )


def envelope_address(address: Address) -> str:
    """The address as RCPT has it: without what a router has taken for a prefix or a suffix of the local part."""
    local, _, domain = address.address.rpartition("@")
    prefix, suffix = len(address.prefix or ""), len(address.suffix or "")
    return f"{local[prefix : len(local) - suffix]}@{domain}" if prefix or suffix else address.address
