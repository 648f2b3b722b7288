"""The lines about deliveries in the main log: ``=> -> ** ==``. Spec: 53.9 to 53.13."""

from __future__ import annotations

from eximconf.config.model import DriverBlock
from eximconf.deliver.attempt import Attempt, Used
from eximconf.deliver.errors import text_of as error_text
from eximconf.deliver.facts import Certificate
from eximconf.deliver.process import Process, Size, host_text
from eximconf.deliver.sent_headers import sent_headers
from eximconf.expand.dynamic import expand_string
from eximconf.message.headers import HeaderLines
from eximconf.route.address import Address, Kind
from eximconf.route.router import text_of
from eximconf.route.settling import is_local
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.printing import printing
from eximconf.runtime.value import ascii_lower

_OTHER_FORMATS = ("maildir_format", "mailstore_format", "mbx_format", "use_bsmtp")


class DeliveryLines:
    """Makes lines in *process*. *size*: of the message."""

    def __init__(self, process: Process, size: Size) -> None:
        self._process = process
        self._size = size

    def delivered(self, attempt: Attempt) -> str:
        """``=>``, or ``->`` for one that went with another."""
        address = attempt.address
        shown = self._address(address, address.local_part if _logs_locally(address) else "")
        text = f"{'->' if attempt.follows else '=>'} {shown}{self._sender()}{self._path(attempt)}{self._drivers(address)}"
        if self._shows("delivery_size"):
            text += f" S={self._octets(attempt)}"
        if attempt.used is not None:
            text += self._connection(attempt.used, attempt.commands) + self._signers(attempt)
        if attempt.confirmation and self._shows("smtp_confirmation"):
            quoted = self._printing(attempt.confirmation).replace("\\", "\\\\").replace('"', '\\"')
            text += f' C="{quoted}"'
        return text + self._times()

    def blackholed(self, address: Address) -> str:
        """An address that redirection throws away."""
        router = address.router.name if address.router is not None else ""
        return f"=> :blackhole: <{address.top.address}>" + (f" R={router}" if router else "")

    def failed(self, attempt: Attempt) -> str:
        """``**``"""
        address, used = attempt.address, attempt.used
        text = f"** {self._address(address)}{self._sender()}"
        text += self._path(attempt) + self._drivers(address)
        text += self._refusing(used, attempt.commands) if used is not None else ""
        message = ": ".join(
            part for part in (error_text(attempt.errno), self._printing(attempt.message)) if part
        )
        return f"{text}{self._divider()}{message}" if message else text

    def timed_out(self, address: Address) -> str:
        """An address that no retry rule gives any more time."""
        return f"** {self.with_parent(address)}: retry timeout exceeded"

    def with_parent(self, address: Address) -> str:
        """The address, and the one that it comes from, if it does from another one."""
        parent = f" <{address.parent.address}>" if address.parent is not None else ""
        return self._printing(address.address + parent)

    def deferred(self, attempt: Attempt) -> str:
        """``==``"""
        used, error = attempt.used, error_text(attempt.errno)
        drivers = self._drivers(attempt.address) or " routing"
        text = f"== {self._address(attempt.address)}{drivers} defer ({attempt.errno})"
        text += f": {error}" if error else ""
        text += self._host(used) if used is not None else ""
        return text + (f": {self._printing(attempt.message)}" if attempt.message else "")

    # Parts

    def _address(self, address: Address, text: str = "") -> str:
        """The address, or *text* in its place, those that it came from if they are wanted, and the one that the message had."""
        if not text:
            text = address.address
            if address.kind is Kind.MAIL and address.domain:
                text = f"{address.local_part}@{address.domain}"
        shown = self._printing(text)
        parents = [parent.address for parent in address.ancestors()]
        if parents[:-1] and self._shows("all_parents"):
            shown += f" ({', '.join(map(self._printing, parents[:-1]))})"
        original = address.top.address
        return shown if _same(original, text) else f"{shown} <{self._printing(original)}>"

    def _sender(self) -> str:
        return f" F=<{self._process.around.sender}>" if self._shows("sender_on_delivery") else ""

    def _path(self, attempt: Attempt) -> str:
        path = attempt.return_path
        return f" P=<{path}>" if path is not None and self._shows("return_path_on_delivery") else ""

    def _drivers(self, address: Address) -> str:
        text = f" R={address.router.name}" if address.router is not None else ""
        return text + (f" T={address.transport.name}" if address.transport is not None else "")

    def _host(self, used: Used) -> str:
        text = f" {host_text(self._process, used.host, used.port)}"
        return text + (
            f" I={used.interface}"
            if used.interface and self._shows("outgoing_interface") and self._shows("incoming_interface")
            else ""
        )

    def _octets(self, attempt: Attempt) -> int:
        """What was sent, or written."""
        if attempt.used is not None:
            return self._size.sent + attempt.used.added - (3 if attempt.used.chunked else 0)
        ctx, transport = self._process.ctx, attempt.address.transport
        return self._size.octets + _added_to_header(ctx, attempt.address) + added_octets(ctx, transport)

    def _refusing(self, used: Used, commands: str) -> str:
        """The host that has refused something."""
        return (
            self._host(used) + self._commands(commands) + (self._tls(used) if used.tls is not None else "")
        )

    def _connection(self, used: Used, commands: str) -> str:
        text = self._refusing(used, commands) + (
            f" A={self._printing(used.identity)}" if used.identity else ""
        )
        text += " L" if used.pipelined and self._shows("pipelining") else ""
        return text + (" K" if used.chunked else "")

    def _signers(self, attempt: Attempt) -> str:
        """New in 4.98."""
        shown = attempt.signers and self._shows("dkim_verbose") and self._process.since("4.98")
        return f" DKIM={attempt.signers}" if shown else ""

    def _commands(self, letters: str) -> str:
        """Seen on 4.100-dev, not on 4.98.2."""
        shown = letters and self._shows("protocol_detail") and self._process.since("4.99")
        return f" PS={letters}" if shown else ""

    def _tls(self, used: Used) -> str:
        tls = used.tls
        assert tls is not None
        own = tls.chain[0] if tls.chain else Certificate()
        text = f" X={tls.cipher}" if self._shows("tls_cipher") else ""
        if self._shows("tls_certificate_verified"):
            text += f" CV={('dane' if tls.dane == 'yes' else 'yes') if used.verified else 'no'}"
        if own.name and self._shows("tls_peerdn"):
            text += f' DN="{self._printing(own.name)}"'
        if tls.sni and self._shows("tls_sni"):
            text += f" SNI={self._printing(tls.sni)}"
        return text

    def _times(self) -> str:
        text = " QT=0s" if self._shows("queue_time") else ""
        return text + (" DT=0s" if self._shows("deliver_time") else "")

    def _divider(self) -> str:
        """Seen on 4.98.2 without the space, on 4.100-dev with it."""
        return " : " if self._process.since("4.99") else ": "

    def _printing(self, text: str) -> str:
        return printing(text, self._process.ctx.settings)

    def _shows(self, selector: str) -> bool:
        return self._process.shows(selector)


def _same(one: str, other: str) -> bool:
    """Whether two texts are the same address; the case of domains does not count."""
    local, at, domain = one.rpartition("@")
    front, _, behind = other.rpartition("@")
    return one == other or (bool(at) and local == front and ascii_lower(domain) == ascii_lower(behind))


def _logs_locally(address: Address) -> bool:
    """Whether a delivery is shown with nothing but the local part: a local one, if the router says so; accept does."""
    router, transport = address.router, address.transport
    if address.kind is not Kind.MAIL or router is None or transport is None or not is_local(transport):
        return False
    setting = router.block.settings.get("log_as_local")
    return setting.value is True if setting is not None else router.block.driver == "accept"


def _added_to_header(ctx: Context, address: Address) -> int:
    """By how many octets the header is made longer where it is written to no host."""
    headers = ctx.headers
    if not isinstance(headers, HeaderLines):
        return 0
    try:
        sent = sent_headers(ctx, headers.lines, address, address.transport)
    except Outcome:
        return 0
    return len("".join(sent)) - len("".join(headers.lines))


def added_octets(ctx: Context, transport: DriverBlock | None) -> int:
    """What a transport writes around a message in a mailbox file, or to a command."""
    if transport is None or any(transport[option] is True for option in _OTHER_FORMATS):
        return 0
    count = 0
    for option in ("message_prefix", "message_suffix"):
        try:
            count += len(expand_string(text_of(transport, option) or "", ctx))
        except Outcome:
            continue
    return count
