"""Authentication with a remote host, as the session says how it comes out. Spec: 33.3, 30 ``hosts_require_auth``."""

from __future__ import annotations

from dataclasses import dataclass

from eximconf.config.model import DriverBlock
from eximconf.deliver.errors import AUTHENTICATION_FAILED
from eximconf.deliver.event_action import Action
from eximconf.deliver.facts import RemoteHost, Reply
from eximconf.deliver.fault import Fault, failed_reply, lost_reply
from eximconf.deliver.process import Process, host_text
from eximconf.deliver.tls import listed
from eximconf.dns.host import Host
from eximconf.expand.dynamic import expand_string
from eximconf.route.callout.authentication import mechanism, usable
from eximconf.route.router import text_of
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Authenticating:
    """What is tried with *host*, at *port*. *offered*: the mechanisms that it has."""

    process: Process
    block: DriverBlock
    action: Action
    host: Host
    port: int
    remote: RemoteHost
    offered: tuple[str, ...]

    def run(self) -> str:
        """Who we are for the host: ``authenticator:identity`` as lines have it, "" for nobody. Raises `Fault`."""
        ctx = self.process.ctx
        needed = listed(ctx, self.block, "hosts_require_auth", self.host)
        if not needed and not listed(ctx, self.block, "hosts_try_auth", self.host):
            return ""
        problem = (
            "no common mechanisms were found" if self.offered else "server did not advertise AUTH support"
        )
        for authenticator in usable(ctx, self.process.around.authenticators, self.offered):
            if self._accepts(authenticator):
                return authenticator.name + self._identity(authenticator)
            problem = "authentication attempt(s) failed"
        if needed:
            raise Fault(
                f"authentication required but {problem}", AUTHENTICATION_FAILED, logged=False, shown=False
            )
        return ""

    def _accepts(self, authenticator: DriverBlock) -> bool:
        """Whether the host takes what *authenticator* says. Raises `Fault`."""
        name = mechanism(authenticator)
        reply: Reply = self.remote.mechanisms.get(name.upper(), self.remote.auth)
        stars = "*" * self._first_data(authenticator)
        command = f"AUTH {name} {stars}".rstrip(" ")
        if reply is None:
            raise lost_reply(command)
        if reply[0] == "2":
            return True
        if reply[0] != "5":
            raise failed_reply(reply, command)
        process = self.process
        process.set(sender_host_authenticated=authenticator.name)
        text = process.tell(self.action, "auth:fail", reply)
        process.set(sender_host_authenticated=None)
        where = host_text(process, self.host, self.port)
        process.log(f"{authenticator.name} authenticator failed {where} {reply}" if text is None else text)
        return False

    def _identity(self, authenticator: DriverBlock) -> str:
        text = text_of(authenticator, "client_set_id")
        try:
            return f":{expand_string(text, self.process.ctx)}" if text else ""
        except Outcome:
            return ""

    def _first_data(self, authenticator: DriverBlock) -> int:
        """How long the data are, in base64, that go with the command; no message shows them."""
        items = split(text_of(authenticator, "client_send") or "")[0]
        try:
            text = expand_string(items[0], self.process.ctx) if items else ""
        except Outcome:
            return 0
        return -(-len(text.replace("^^", "^")) // 3) * 4
