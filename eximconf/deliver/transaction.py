"""A message over a connection: MAIL, RCPT, DATA and the message itself. Spec: 47 "SMTP processing"."""

from __future__ import annotations

from eximconf.deliver.attempt import Attempt
from eximconf.deliver.connection import Connection
from eximconf.deliver.errors import DATA_4XX, MAIL_4XX, RCPT_4XX, SMTP_CLOSED, reply_number
from eximconf.deliver.event_action import set_error_number
from eximconf.deliver.facts import Fate
from eximconf.deliver.fault import Fault, Level, failed_text, lost_text
from eximconf.deliver.process import Size
from eximconf.deliver.signing import make_header
from eximconf.route.address import Address

_END_OF_DATA = "end of data"


class Transaction:
    """*last*: no host is left behind this one. *refused*: the host does not want the message; *taken*: it has it, for somebody; *sent*: it was sent."""

    __slots__ = ("_attempts", "_connection", "_last", "_pipelined", "_size", "refused", "sent", "taken")

    def __init__(self, connection: Connection, attempts: list[Attempt], size: Size, last: bool) -> None:
        self._connection = connection
        self._attempts = attempts
        self._size = size
        self._last = last
        self._pipelined = "pipelined " if connection.pipelines else ""
        self.refused = self.sent = self.taken = False

    def run(self) -> None:
        """Deliver to those who are pending. Raises `Fault`."""
        connection, remote = self._connection, self._connection.remote
        sender = connection.process.ctx.variables.get("return_path", "")
        command = f"{self._pipelined}MAIL FROM:<{sender}>{self._parameters()}"
        chunked = "CHUNKING" in connection.offered and connection.listed("hosts_try_chunking")
        at_once = chunked and connection.pipelines
        if at_once:  # the message is under way before the first reply is looked at
            make_header(connection, self._attempts)
        reply = connection.answered(remote.mail, command)
        if reply[0] != "2":
            raise self._refusal(reply, command, MAIL_4XX)
        taken = [attempt for attempt in self._pending() if self._offer(attempt)]
        if not taken:
            return
        if not chunked:
            command = f"{self._pipelined}DATA"
            reply = connection.answered(remote.data, command)
            if reply[0] != "3":
                raise self._refusal(reply, command, DATA_4XX)
        if not at_once:
            make_header(connection, self._attempts)
        self._finish(taken, chunked)

    def _pending(self) -> list[Attempt]:
        return [attempt for attempt in self._attempts if attempt.pending]

    def _parameters(self) -> str:
        connection = self._connection
        addition = connection.block["size_addition"]
        if "SIZE" not in connection.offered or not isinstance(addition, int) or addition < 0:
            return ""
        return f" SIZE={self._size.declared + addition}"

    def _offer(self, attempt: Attempt) -> bool:
        """Whether the host takes this recipient."""
        connection, address = self._connection, envelope_address(attempt.address)
        reply = connection.remote.recipients.get(address, connection.remote.rcpt)
        command = f"RCPT TO:<{address}>"
        text = connection.answered(reply, command if reply is not None else self._pipelined + command)
        if text[0] == "2":
            return True
        message = failed_text(text, command)
        if text[0] == "5":
            attempt.ends(Fate.FAILED, message, used=connection.used())
        else:
            self._put_off(attempt, message, text)
        return False

    def _put_off(self, attempt: Attempt, message: str, reply: str) -> None:
        """A recipient is not taken now; it stays pending for the hosts that are left."""
        connection, process = self._connection, self._connection.process
        attempt.message, attempt.errno, attempt.used = message, RCPT_4XX, connection.used()
        set_error_number(process.ctx, reply_number(reply))
        self._about(attempt, "msg:rcpt:host:defer", message)
        if not self._last:
            colon = not process.since("4.99") and not process.shows("outgoing_port")
            connection.log(message, ":" if colon else "")
            return
        self._about(attempt, "msg:rcpt:defer", message)
        attempt.fate = Fate.DEFERRED

    def _about(self, attempt: Attempt, event: str, data: str) -> None:
        """Tell of what has happened to one address."""
        connection = self._connection
        connection.process.tell_about(
            attempt.address, connection.block.name, connection.action, event, data
        )

    def _finish(self, taken: list[Attempt], chunked: bool) -> None:
        """The message itself, to those who were *taken*."""
        connection, self.sent = self._connection, True
        if connection.lmtp:
            self._finish_each(taken)
            return
        reply = connection.remote.message
        if reply is None:
            raise Fault(lost_text(_END_OF_DATA), SMTP_CLOSED, level=Level.MESSAGE, early=True)
        text = connection.answered(reply, _END_OF_DATA)
        if text[0] != "2":
            raise self._refusal(text, _END_OF_DATA, DATA_4XX)
        used, self.taken = connection.used(chunked), True
        for number, attempt in enumerate(taken):
            attempt.ends(Fate.DELIVERED, "", used=used)
            attempt.confirmation, attempt.follows = text, number > 0

    def _finish_each(self, taken: list[Attempt]) -> None:
        """The same by LMTP."""
        connection, remote, follows = self._connection, self._connection.remote, False
        for attempt in taken:
            reply = remote.messages.get(envelope_address(attempt.address), remote.message)
            text = connection.answered(reply, _END_OF_DATA)
            if text[0] == "2":
                attempt.ends(Fate.DELIVERED, "", used=connection.used())
                attempt.confirmation, attempt.follows = text, follows
                self.taken = follows = True
            else:
                later = Fate.DEFERRED if self._last else Fate.PENDING
                fate = Fate.FAILED if text[0] == "5" else later
                attempt.ends(fate, f"LMTP error after DATA: {text}", used=connection.used())

    def _refusal(self, reply: str, command: str, number: int) -> Fault:
        """The message is not taken."""
        message = failed_text(reply, command)
        self.refused = True
        if reply[0] != "5":
            return Fault(message, number, level=Level.MESSAGE, early=True)
        used = self._connection.used()
        for attempt in self._pending():
            attempt.ends(Fate.FAILED, message, used=used)
        return Fault(message, level=Level.MESSAGE, logged=False)


def envelope_address(address: Address) -> str:
    """The address as RCPT has it: without what a router has taken for a prefix or a suffix of the local part."""
    local, _, domain = address.address.rpartition("@")
    prefix, suffix = len(address.prefix or ""), len(address.suffix or "")
    return f"{local[prefix : len(local) - suffix]}@{domain}" if prefix or suffix else address.address
