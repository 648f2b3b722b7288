"""One conversation with a host, from the attempt to connect to its end. Spec: 30, 47 "SMTP processing"."""

from __future__ import annotations

from eximconf.deliver.attempt import Attempt
from eximconf.deliver.authentication import Authentication
from eximconf.deliver.connection import Connection
from eximconf.deliver.errors import BY_EVENT, NOT_CONNECTED, TLS_FAILED, TLS_REQUIRED, number_of
from eximconf.deliver.facts import Fate, RemoteTls, Reply
from eximconf.deliver.fault import Fault, Level
from eximconf.deliver.process import Size
from eximconf.deliver.tls import Handshake, TlsFailed, clear_tls
from eximconf.deliver.transaction import Transaction
from eximconf.expand.dynamic import expand_string
from eximconf.route.router import text_of
from eximconf.runtime.outcome import Outcome

_BEFORE_CONNECTING = ("dane-required", "dnssec-invalid")


class Conversation:
    """*attempts*: all addresses of the delivery. *last*: no host is left behind this one. *in_clear*: TLS was tried before,
    in vain."""

    def __init__(
        self,
        connection: Connection,
        attempts: list[Attempt],
        size: Size,
        last: bool,
        in_clear: bool = False,
    ) -> None:
        self.connection = connection
        self._attempts = attempts
        self._size = size
        self._last = last
        self._in_clear = in_clear
        self._open = False
        self._transaction: Transaction | None = None

    @property
    def ahead(self) -> bool:
        """Whether commands were sent ahead, now or, where it came to none, before."""
        return self.connection.ahead if self._transaction is None else self.connection.pipelines

    def run(self) -> Fault | None:
        """Deliver what is pending; the fault that has stopped it, if one has."""
        try:
            self._talk()
        except Fault as fault:
            if fault.logged and fault.early:
                self.connection.log(fault.told)
            self._close()
            if fault.logged and not fault.early:
                self.connection.log(fault.told)
            return fault
        self._close()
        return None

    def _talk(self) -> None:
        self._look_for_dane()
        self._connect()
        if text_of(self.connection.block, "protocol") == "smtps":
            self._begin_tls(needed=True)
            self.connection.good(self.connection.remote.banner, "TLS-on-connect")
            self._introduce()
        else:
            self._greet()
            self._introduce()
            self._secure()
        self.connection.identity = Authentication(self.connection).run()
        self._transaction = Transaction(self.connection, self._attempts, self._size, self._last)
        self._transaction.run()

    def _look_for_dane(self) -> None:
        """A host that must have DANE, and has none that counts, is given up before anything is sent to it."""
        connection, process = self.connection, self.connection.process
        host, tls = connection.host, connection.remote.tls
        process.set(host=host.name, host_address=host.address, host_port="-1")
        clear_tls(process)
        if tls is None or tls.dane not in _BEFORE_CONNECTING:
            return
        connection.tell("dane:fail", tls.dane)
        message = tls.failure or f"DANE error: {host.name} lookup not DNSSEC"
        for attempt in self._attempts:
            if attempt.pending:
                attempt.ends(Fate.FAILED, message)
        raise Fault(message, level=Level.MESSAGE, logged=False)

    def _connect(self) -> None:
        connection, process, remote = self.connection, self.connection.process, self.connection.remote
        process.set(host_port=str(connection.port))
        if connection.tell("tcp:connect") is not None:
            connection.log("Event requests alternate response", "")
            raise Fault("", NOT_CONNECTED, logged=False, shown=False)
        if remote.error:
            connection.log(remote.error, "")
            number = remote.errno or number_of(remote.error)
            known = number == number_of(remote.error)
            raise Fault("" if known else remote.error, number, logged=False, shown=False)
        interface = remote.interface or next(iter(process.ctx.services.interfaces), "")
        process.set(sending_ip_address=interface or None, sending_port=str(remote.interface_port))
        self._open = True

    def _greet(self) -> None:
        command = f"{'pipelined ' if self.connection.ahead else ''}initial connection"
        banner = self.connection.good(self.connection.remote.banner, command)
        text = self.connection.tell("smtp:connect", banner)
        if text is not None:
            raise Fault(f"deferred by smtp:connect event expansion: {text}", BY_EVENT, shown=False)

    def _introduce(self) -> None:
        if self.connection.lmtp:
            text = self.connection.good(self.connection.remote.ehlo, f"LHLO {self._name()}")
            self.connection.tell("smtp:ehlo", text)
            self.connection.hear(text)
            return
        if not self._hello(self.connection.remote.ehlo):
            self.connection.commands += "h"
            self.connection.good(self.connection.remote.helo, f"HELO {self._name()}")

    def _hello(self, reply: Reply) -> bool:
        """Take the answer to EHLO; False if it is a refusal."""
        connection = self.connection
        connection.commands += "e"
        text = connection.answered(reply, f"EHLO {self._name()}")
        connection.tell("smtp:ehlo", text)
        if text[0] == "2":
            connection.hear(text)
        return text[0] == "2"

    def _name(self) -> str:
        """What we call ourselves."""
        connection, ctx = self.connection, self.connection.process.ctx
        try:
            return expand_string(text_of(connection.block, "helo_data") or "$primary_hostname", ctx)
        except Outcome:
            return ctx.services.hostname

    def _secure(self) -> None:
        connection, reply = self.connection, self.connection.remote.starttls
        needed = connection.listed("hosts_require_tls")
        offered = (
            "STARTTLS" in connection.offered
            and not self._in_clear
            and not connection.listed("hosts_avoid_tls")
        )
        connection.commands += "s" if offered else ""
        if offered and connection.answered(reply, "STARTTLS")[0] == "2":
            self._begin_tls(needed)
            again = connection.tls.ehlo if connection.tls is not None else None
            self._hello(connection.remote.ehlo if again is None else again)
        elif needed:
            why = "an attempt to start TLS failed" if offered else "the server did not offer TLS support"
            raise Fault(f"a TLS session is required, but {why}", TLS_REQUIRED)

    def _begin_tls(self, needed: bool) -> None:
        connection = self.connection
        tls = connection.remote.tls or RemoteTls()
        try:
            connection.verified = Handshake(connection, tls).run()
        except TlsFailed as failure:
            in_clear = not needed and connection.block["tls_tempfail_tryclear"] is not False
            raise Fault(str(failure), TLS_FAILED, logged=False, in_clear=in_clear) from None
        connection.tls = tls

    def _close(self) -> None:
        if not self._open:
            return
        self._open = False
        first = self._attempts[0].address.hosts
        if first and self._looks_for_more():
            self.connection.process.set(host=first[0].name, host_address=first[0].address)
        self.connection.tell("tcp:close")

    def _looks_for_more(self) -> bool:
        """Whether Exim looks for more messages for the host before it closes, which makes ``$host`` the first of all hosts.
        Seen on 4.100-dev, not on 4.98.2."""
        connection, transaction = self.connection, self._transaction
        if not connection.process.since("4.99") or transaction is None:
            return False
        if transaction.sent and connection.pipelines:
            return True
        if transaction.refused:
            return False
        waits = any(attempt.fate not in (Fate.DELIVERED, Fate.FAILED) for attempt in self._attempts)
        if waits and not transaction.taken:
            return False
        return connection.block["connection_max_messages"] != 1 or connection.pipelines
