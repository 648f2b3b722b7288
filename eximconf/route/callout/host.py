"""The conversation of a callout with one host. Spec: 44.22."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from enum import Enum

from eximconf.dns.host import Host
from eximconf.message.xtext import encode_xtext
from eximconf.route.callout.asked import Asked, Findings
from eximconf.route.callout.cache import Known, now, tell
from eximconf.route.callout.conversation import Broken, Conversation, NoReply
from eximconf.route.callout.greeting import Greeting, Peer, SetupFailed
from eximconf.route.callout.held import HeldCallout, hold
from eximconf.route.callout.transport import CalloutTransport, Unusable
from eximconf.runtime.acl_answers import Verified
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.printing import printing
from eximconf.runtime.services import Remotes
from eximconf.runtime.settings import at_least

SETUP_FAILED, NO_POSTMASTER = "null sender", "postmaster"
"""What failed where it was not the address: MAIL or what comes before it; the test of the postmaster."""

_CONFIGURATION_ERRORS = frozenset((
    errno.EPROTOTYPE, errno.ENOPROTOOPT, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT, errno.EOPNOTSUPP,
    errno.EPFNOSUPPORT, errno.EAFNOSUPPORT, errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.ENETDOWN,
    errno.ENETUNREACH, errno.EINVAL,
))  # fmt: skip
_LONGEST_DOMAIN = 1000


class Offer(Enum):
    """How MAIL and RCPT ended. `REFUSED`: the recipient for good; `BAD_SENDER`: the sender for good; `NO_SENDER`: MAIL
    had no other good reply; `OPEN`: RCPT had none."""

    TAKEN = "taken"
    REFUSED = "refused"
    OPEN = "open"
    BAD_SENDER = "bad sender"
    NO_SENDER = "no sender"


@dataclass(slots=True)
class HostAsked:
    """One host that is asked; what comes of it is in *found*.

    *good*: what is known of the domain once the host is ready for mail. *random_part*: the local part that is made up
    to see whether the host takes everything, "" for none. *postmaster_from*: the sender for a test of the postmaster.
    """

    ctx: Context
    asked: Asked
    transport: CalloutTransport
    host: Host
    remotes: Remotes
    found: Findings
    good: Known = Known.ACCEPT
    random_part: str = ""
    postmaster_from: str | None = None
    place: tuple[int, str] = (25, "")
    _message: str | None = field(default=None, init=False)
    _answered: bool = field(default=False, init=False)
    _hung_up: bool = field(default=False, init=False)
    _greeting: Greeting | None = field(default=None, init=False)

    def ask(self) -> None:
        """Ask it. Raises `Unrecorded`."""
        self._tell()
        self._message = self.found.message  # until there is another, of whichever command or host
        peer = self._start()
        if peer is not None:
            self.found.domain.result = self.good
            if self.random_part:
                peer = self._ask_random(peer)
            if peer is not None and not self.found.done:
                self._ask_address(peer)
        self._conclude()

    def ask_again(self, held: HeldCallout) -> bool:
        """Ask it over a connection that is open; false if it is with another host, or nothing definite comes of it."""
        self._tell()
        here = (self.transport.name, self.host.address, *self._place())
        if here != (held.transport, held.address, held.port, held.interface):
            return False
        tell(self.ctx, "already-open verify connection matches recipient")
        conversation, found = held.peer.conversation, self.found
        if self._said(conversation, f"RCPT TO:<{self._recipient(self.asked.address.address)}>"):
            found.done = True
        elif self._answered:
            reply = conversation.reply or "connection dropped"
            found.message = (
                f'response to "{conversation.command}" was: {printing(reply, self.ctx.settings)}'
            )
            found.user_message = f"Callout verification failed:\n{reply}"
            if reply[:1] == "5":
                found.result, found.done = Verified.FAIL, True
        return found.done

    def _tell(self) -> None:
        """Set the variables that tell of the host."""
        host = self.host
        self.ctx.variables |= {
            "host": host.name, "host_address": host.address or "", "host_port": str(host.port or 0),
            "transport_name": self.transport.name,
        }  # fmt: skip

    def _is_held(self, peer: Peer) -> bool:
        """Whether the connection stays open for the recipients to come."""
        found, callout = self.found, self.asked.callout
        if not (
            found.done and found.result is Verified.OK and "hold" in callout.flags and self._is_first()
        ):
            return False
        if "use_postmaster" in callout.flags or self.asked.request.success_on_redirect:
            return False
        if self.random_part or self.postmaster_from is not None or self.transport.protocol == "lmtp":
            return False
        port, interface = self.place
        held = HeldCallout(
            peer, self.transport.name, self.host.address or "", port, interface, self.asked.sender
        )
        return hold(self.ctx, held)

    def _is_first(self) -> bool:
        """Whether the recipient is the first of the message."""
        count = self.ctx.computed.get("rcpt_count")
        return count is not None and count() == "1"

    # Before mail

    def _start(self) -> Peer | None:
        """The host, ready for mail; None if it is not."""
        port, interface = self.place = self._place()
        callout = self.asked.callout
        connect = callout.timeout if callout.connect is None else callout.connect
        greeting = self._greeting = Greeting(
            self.ctx, self.transport, self.asked.authenticators, self.remotes, connect, callout.timeout
        )
        try:
            return self._started(greeting, port, interface)
        except SetupFailed as fault:
            self._message, self._answered = fault.message, fault.answered
            self._hung_up = fault.lost
            if fault.answered and greeting.peer is not None:
                greeting.peer.conversation.quit()
                greeting.peer.conversation.command = "QUIT"  # which is what Exim then says it has sent
            if fault.errno in _CONFIGURATION_ERRORS and at_least(self.ctx.target, "4.98"):
                kind = "sender" if self.asked.request.recipient else "recipient"  # so Exim has it
                word = "callout" if at_least(self.ctx.target, "4.99") else "calloout"
                where = f"(making {word} connection): T={self.transport.name}"
                self._log(f"{kind} verify defer {where} {fault.message}", panic=True)
            return None

    def _place(self) -> tuple[int, str]:
        """The port of the host, and the address on this side."""
        port, interface = self.host.port, ""
        try:
            interface = self.transport.interface(self.host.address or "")
            port = self.transport.port() if port is None else port
        except Unusable as fault:
            self._log(f"<{self.asked.address.address}>: {fault}", panic=True)
        return port or 25, interface

    def _started(self, greeting: Greeting, port: int, interface: str) -> Peer:
        transport, host = self.transport, self.host
        try:
            return greeting.start(host, port, interface)
        except SetupFailed as fault:
            clear = transport.flag("tls_tempfail_tryclear") and not transport.covers(
                "hosts_require_tls", host
            )
            if not (fault.tls and clear):
                raise
            self._log(
                f"{fault.message}: callout unencrypted to {host.name} [{host.address}] (not in hosts_require_tls)"
            )
            return greeting.start(host, port, interface, clear=True)

    # Mail

    def _ask_random(self, peer: Peer) -> Peer | None:
        """Offer mail for the made-up local part. The host for what comes then; None where it has to be left."""
        domain = self.found.domain
        domain.random_time = now(self.ctx)
        recipient = f"{self.random_part}@{self.asked.address.domain[:_LONGEST_DOMAIN]}"
        offer = self._offer(peer, self.asked.sender, recipient, sized=False)
        if offer is Offer.TAKEN:
            domain.random, self.found.failure, self.found.done = Known.ACCEPT, "random", True
            return peer
        if offer is not Offer.REFUSED:
            return None
        domain.random = Known.REJECT
        if self._reset(peer.conversation):
            return peer
        self.random_part = ""
        peer.conversation.close()
        return self._start()

    def _ask_address(self, peer: Peer) -> None:
        asked, found = self.asked, self.found
        sized = asked.request.recipient and not asked.cached
        match self._offer(peer, asked.sender, asked.address.address, sized):
            case Offer.TAKEN:
                found.done, found.address = True, Known.ACCEPT
            case Offer.REFUSED:
                found.done, found.address, found.failure = True, Known.REJECT, "recipient"
                found.result = Verified.FAIL
            case Offer.BAD_SENDER:
                found.failure, found.check = "mail", SETUP_FAILED
                if not asked.sender:
                    found.domain.result = Known.REJECT_NULL
            case Offer.NO_SENDER:
                found.failure = "mail"
        if found.done and self.postmaster_from is not None:
            self._ask_postmaster(peer, self.postmaster_from)

    def _ask_postmaster(self, peer: Peer, sender: str) -> None:
        found, conversation = self.found, peer.conversation
        tell(self.ctx, "Cutthrough cancelled by presence of postmaster verify")
        found.done = self._reset(conversation)
        if not found.done:
            return
        address = f"postmaster@{self.asked.address.domain[:_LONGEST_DOMAIN]}"
        found.done = self._offer(peer, sender, address, sized=False) is Offer.TAKEN
        if not found.done and "fullpostmaster" in self.asked.callout.flags:
            found.done = self._said(conversation, "RCPT TO:<postmaster>")
        found.domain.postmaster_time = now(self.ctx)
        if found.done:
            found.domain.postmaster = Known.ACCEPT
        elif self._answered and conversation.reply[:1] == "5":
            found.failure, found.check, found.domain.postmaster = "postmaster", NO_POSTMASTER, Known.REJECT

    def _offer(self, peer: Peer, sender: str, address: str, sized: bool) -> Offer:
        conversation = peer.conversation
        recipient = self._recipient(address)
        mail, rcpt = f"MAIL FROM:<{sender}>{self._parameters(peer, sized)}", f"RCPT TO:<{recipient}>"
        pipelined = peer.pipelines
        if not self._said(conversation, mail, *((rcpt,) if pipelined else ())):
            refused = self._answered and conversation.reply[:1] == "5"
            if pipelined and self._answered and conversation.reply:
                conversation.discard_reply()
            conversation.command = mail
            self._answered &= conversation.reply[:1] != "4"
            return Offer.BAD_SENDER if refused else Offer.NO_SENDER
        if self._heard(conversation) if pipelined else self._said(conversation, rcpt):
            return Offer.TAKEN
        if not self._answered:
            if self._hung_up:
                self._message = f"SMTP timeout after RCPT TO:<{recipient}>"
            return Offer.OPEN
        if conversation.reply:
            shown = printing(conversation.reply, self.ctx.settings)
            self._message = f"SMTP error from remote mail server after RCPT TO:<{recipient}>: {shown}"
        return Offer.REFUSED if conversation.reply[:1] == "5" else Offer.OPEN

    def _reset(self, conversation: Conversation) -> bool:
        return self._said(conversation, "RSET")

    def _said(self, conversation: Conversation, *commands: str) -> bool:
        """Send *commands*; whether the reply to the first is a good one."""
        self._answered = True
        try:
            conversation.tell(*commands)
        except NoReply:
            return False
        return self._heard(conversation)

    def _heard(self, conversation: Conversation) -> bool:
        """Whether the next reply is a good one."""
        self._answered = True
        try:
            return conversation.read()[:1] == "2"
        except NoReply as fault:
            self._answered = fault.broken is Broken.CLOSED
            self._hung_up = fault.broken is Broken.TIMEOUT
            return False

    def _recipient(self, address: str) -> str:
        """*address* as RCPT gives it: without prefix and suffix, unless the transport leaves them. What is cut off a
        made-up address is as long."""
        if self.transport.flag("rcpt_include_affixes"):
            return address
        of = self.asked.address
        local_part, at, domain = address.rpartition("@")
        return f"{local_part[len(of.prefix or '') : len(local_part) - len(of.suffix or '')]}{at}{domain}"

    def _parameters(self, peer: Peer, sized: bool) -> str:
        message = self.ctx.connection.message if self.ctx.connection is not None else None
        size, more = (message.size if message is not None else 0), self.transport.number("size_addition")
        text = f" SIZE={size + more}" if sized and size > 0 and more >= 0 and peer.offers("SIZE") else ""
        if peer.authenticated or self.transport.flag("authenticated_sender_force"):
            try:
                sender = self.transport.expanded("authenticated_sender")
            except Outcome:
                sender = None
            if sender is None:
                sender = self.ctx.variables.get("authenticated_sender") if peer.authenticated else None
            text += f" AUTH={encode_xtext(sender)}" if sender else ""
        return text

    # The end

    def _conclude(self) -> None:
        """Say what the last reply means, and take leave."""
        found, host = self.found, self.host
        peer = self._greeting.peer if self._greeting is not None else None
        conversation = peer.conversation if peer is not None else None
        if self._answered and conversation is not None:
            reply = conversation.reply or "connection dropped"
            if self._message is None:
                shown = printing(reply, self.ctx.settings)
                self._message = f'response to "{conversation.command}" was: {shown}'
            cut = _presentable(reply)
            found.user_message = (
                f"Callout verification failed:\n{cut}"
                if self.asked.request.recipient
                else f"Called:   {host.address}\nSent:     {conversation.command}\nResponse: {cut}"
            )
            if reply[:1] == "5":
                found.result, found.done = Verified.FAIL, True
        if (
            peer is not None
            and conversation is not None
            and conversation.command != "QUIT"
            and not self._is_held(peer)
        ):
            conversation.close() if self._hung_up else conversation.quit()
        found.message = self._message
        if not found.done or found.result is not Verified.OK:
            found.message = f"{host.name} [{host.address}] : {self._message or 'NULL'}"

    def _log(self, text: str, panic: bool = False) -> None:
        if self.ctx.log is not None:
            self.ctx.log(LogLine(text, panic=panic))


def _presentable(reply: str) -> str:
    """*reply* up to the first character that no reply may have."""
    for at, char in enumerate(reply):
        if char not in "\t\n" and not " " <= char <= "~":
            return f"{reply[:at]}(truncated)"
    return reply
