"""The smtp transport: one host after the other, until everybody is served. Spec: 30.5 "How the limits … are used", 47.3."""

from __future__ import annotations

import re

from eximconf.config.model import DriverBlock
from eximconf.deliver.attempt import Attempt
from eximconf.deliver.connection import Connection
from eximconf.deliver.conversation import Conversation
from eximconf.deliver.errors import text_of as error_text
from eximconf.deliver.event_action import set_error_number, transport_action
from eximconf.deliver.facts import Fate, RemoteHost
from eximconf.deliver.fault import Fault, Level
from eximconf.deliver.process import Process, Size
from eximconf.dns.host import Host
from eximconf.expand.dynamic import expand_string
from eximconf.route.address import Address
from eximconf.route.router import text_of
from eximconf.route.settling import overrides_hosts
from eximconf.route.transport_hosts import hosts_of_transport
from eximconf.runtime.outcome import Outcome

_SERVICES = {"smtp": 25, "smtps": 465, "ssmtp": 465, "submissions": 465, "submission": 587, "lmtp": 24}
_UNKNOWN = RemoteHost(error="nothing is recorded of this host")
_NUMBER = re.compile(r"[0-9]{1,5}\Z")


class SmtpTransport:
    """*block* at work for the *attempts* of one group of addresses, in a process of its own."""

    def __init__(self, process: Process, block: DriverBlock, attempts: list[Attempt], size: Size) -> None:
        self._process = process
        self._block = block
        self._action = transport_action(block)
        self._attempts = attempts
        self._size = size
        self._ahead = False

    def run(self) -> None:
        """Decide every attempt."""
        process, address = self._process, self._attempts[0].address
        router = address.router.name if address.router is not None and process.since("4.97") else None
        process.set(router_name=router, transport_name=self._block.name)
        try:
            port = self._port()
            hosts = [host for host in self._hosts(address) if host.address is not None]
        except Outcome as failure:
            self._put_off(f"failed to expand options of {self._block.name} transport: {failure.message}")
            return
        if not hosts:
            self._put_off(f"no host for {self._block.name} transport")
            return
        fault = self._try(hosts, port)
        if fault is not None and self._pending():
            process.set(host_address=hosts[-1].address)
            self._end(fault)

    def _try(self, hosts: list[Host], port: int) -> Fault | None:
        """The fault of the last host."""
        fault: Fault | None = None
        for number, host in enumerate(hosts):
            if not self._pending():
                return None
            fault = self._converse(host, host.port or port, last=number + 1 == len(hosts))
        return fault

    def _converse(self, host: Host, port: int, last: bool) -> Fault | None:
        remote = self._process.around.known.host(host.name, host.address or "", port) or _UNKNOWN
        connection, fault = self._talk(host, port, remote, last)
        if fault is not None and fault.in_clear:
            self._tell_host(fault, connection)
            name = f"H={host.name} [{host.address}]"
            self._process.log(
                f"{fault.message}: delivering unencrypted to {name} (not in hosts_require_tls)"
            )
            connection, fault = self._talk(host, port, remote, last, in_clear=True)
        if fault is not None:
            self._keep(fault, connection)
        return fault

    def _talk(
        self, host: Host, port: int, remote: RemoteHost, last: bool, in_clear: bool = False
    ) -> tuple[Connection, Fault | None]:
        connection = Connection(self._process, self._block, self._action, host, port, remote, self._ahead)
        talk = Conversation(connection, self._attempts, self._size, last, in_clear)
        fault = talk.run()
        self._ahead = talk.ahead
        self._attempts[0].commands += connection.commands
        return connection, fault

    def _keep(self, fault: Fault, connection: Connection) -> None:
        """What addresses are left with if no other host takes them."""
        for attempt in self._pending():
            attempt.message, attempt.errno = fault.message, fault.errno
            attempt.for_all = True
            if fault.shown:
                attempt.used = connection.used()
        if fault.level is Level.HOST and self._pending():
            self._tell_host(fault, connection)

    def _tell_host(self, fault: Fault, connection: Connection) -> None:
        """A host has failed. Its event leaves the name of the transport as that of the router behind."""
        process = self._process
        data, address = fault.told or error_text(fault.errno), self._pending()[0].address
        with process.old_names(address, connection.host, connection.port, data):
            self._about_first("msg:host:defer", data, fault.errno)
        if process.since("4.97"):
            process.set(router_name=self._block.name)

    def _about_first(self, event: str, data: str, errno: int) -> None:
        """Tell of what has happened to all of them by way of the first one."""
        set_error_number(self._process.ctx, errno)
        self._process.tell_about(self._pending()[0].address, self._block.name, self._action, event, data)

    def _end(self, fault: Fault) -> None:
        """No host is left."""
        self._about_first("msg:defer", fault.told or error_text(fault.errno), fault.errno)
        for attempt in self._pending():
            attempt.fate = fault.fate

    def _put_off(self, message: str) -> None:
        for attempt in self._attempts:
            attempt.ends(Fate.DEFERRED, message, -1)

    def _pending(self) -> list[Attempt]:
        return [attempt for attempt in self._attempts if attempt.pending]

    # Where to

    def _port(self) -> int:
        """Raises `Outcome`."""
        protocol = text_of(self._block, "protocol") or "smtp"
        text = expand_string(text_of(self._block, "port") or "", self._process.ctx).strip()
        if _NUMBER.match(text):
            return int(text)
        return _SERVICES.get(text or protocol, 25)

    def _hosts(self, address: Address) -> tuple[Host, ...]:
        """Raises `Outcome`."""
        if address.hosts and not overrides_hosts(self._block):
            return address.hosts
        found = hosts_of_transport(self._process.ctx, self._block)
        address.hosts = found
        return address.hosts
