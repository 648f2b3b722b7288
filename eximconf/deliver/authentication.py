"""Authentication with a remote host, as the session says how it comes out. Spec: 33.3, 30 ``hosts_require_auth``."""

from __future__ import annotations

from eximconf.config.model import DriverBlock
from eximconf.deliver.connection import Connection
from eximconf.deliver.errors import AUTHENTICATION_FAILED
from eximconf.deliver.facts import Reply
from eximconf.deliver.fault import Fault, failed_reply, lost_reply
from eximconf.deliver.process import host_text
from eximconf.expand.dynamic import expand_string
from eximconf.route.callout.authentication import mechanism, usable
from eximconf.route.router import text_of
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.value import Tainted


class Authentication:
    """What is tried over *connection*."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(self) -> str:
        """Who we are for the host: ``authenticator:identity`` as lines have it, "" for nobody. Raises `Fault`."""
        connection = self._connection
        needed = connection.listed("hosts_require_auth")
        if not needed and not connection.listed("hosts_try_auth"):
            return ""
        ctx, around, offered = connection.process.ctx, connection.process.around, connection.mechanisms
        problem = "no common mechanisms were found" if offered else "server did not advertise AUTH support"
        for authenticator in usable(ctx, around.authenticators, offered):
            if self._accepts(authenticator):
                return authenticator.name + self._identity(authenticator)
            problem = "authentication attempt(s) failed"
        if needed:
            message = f"authentication required but {problem}"
            raise Fault(message, AUTHENTICATION_FAILED, logged=False, shown=False)
        return ""

    def _accepts(self, authenticator: DriverBlock) -> bool:
        """Whether the host takes what *authenticator* says. Raises `Fault`."""
        connection, remote, name = self._connection, self._connection.remote, mechanism(authenticator)
        reply: Reply = remote.mechanisms.get(name.upper(), remote.auth)
        connection.commands += "a"
        stars = "*" * self._first_data(authenticator)
        command = f"AUTH {name} {stars}".rstrip(" ")
        if reply is None:
            raise lost_reply(command)
        if reply[0] == "2":
            return True
        if reply[0] != "5":
            raise failed_reply(reply, command)
        process = connection.process
        process.set(sender_host_authenticated=authenticator.name)
        text = connection.tell("auth:fail", Tainted(reply))
        process.set(sender_host_authenticated=None)
        where = host_text(process, connection.host, connection.port)
        process.log(f"{authenticator.name} authenticator failed {where} {reply}" if text is None else text)
        return False

    def _identity(self, authenticator: DriverBlock) -> str:
        text = text_of(authenticator, "client_set_id")
        try:
            return f":{expand_string(text, self._connection.process.ctx)}" if text else ""
        except Outcome:
            return ""

    def _first_data(self, authenticator: DriverBlock) -> int:
        """How long the data are, in base64, that go with the command; no message shows them."""
        items = split(text_of(authenticator, "client_send") or "")[0]
        try:
            text = expand_string(items[0], self._connection.process.ctx) if items else ""
        except Outcome:
            return 0
        return -(-len(text.replace("^^", "^")) // 3) * 4
