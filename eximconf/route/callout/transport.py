"""The transport of an address, as far as a callout uses it. Spec: 30.4, 44.22."""

from __future__ import annotations

from dataclasses import dataclass

from eximconf.config.model import DriverBlock
from eximconf.dns.host import Host
from eximconf.expand.dynamic import expand_string
from eximconf.match.hosts import HostSubject, match_host_list
from eximconf.match.ip import parse_address
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE, split
from eximconf.runtime.outcome import ForcedFailure, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.value import is_tainted

_SMTPS_PORT, _LMTP_PORT = 465, 24


class Unusable(Exception):
    """An option of the transport cannot be used; the argument says why."""


@dataclass(frozen=True, slots=True)
class CalloutTransport:
    """An smtp transport."""

    ctx: Context
    block: DriverBlock

    @property
    def name(self) -> str:
        return self.block.name

    @property
    def protocol(self) -> str:
        """``smtp``, ``smtps`` or ``lmtp``."""
        return str(self.block.plain("protocol") or "smtp").lower()

    def covers(self, option: str, host: Host) -> bool:
        """Whether the host list *option* holds *host*. A list that cannot be decided does not."""
        text = self.block[option]
        if not isinstance(text, str):
            if self.ctx.trace is not None:
                self.ctx.trace.line(f"{host.address} in {option}? no (option unset)")
            return False
        subject = HostSubject(self.ctx, host.address or "", expand_string, host_name=host.name)
        try:
            return match_host_list(self.ctx, subject, text, expand_string, option=option).found
        except Outcome:
            return False

    def flag(self, option: str) -> bool:
        return self.block[option] is True

    def number(self, option: str) -> int:
        value = self.block[option]
        return value if isinstance(value, int) else 0

    def expanded(self, option: str) -> str | None:
        """The value of *option*, None for none and for a forced failure. Raises `Outcome`."""
        text = self.block[option]
        if not isinstance(text, str):
            return None
        try:
            return expand_string(text, self.ctx)
        except ForcedFailure:
            return None

    def port(self) -> int:
        """The port to connect to where the host has none of its own. Raises `Unusable`."""
        option = self.block.plain("port")
        if option is None and self.protocol != "smtp":
            return _LMTP_PORT if self.protocol == "lmtp" else _SMTPS_PORT
        text = str(option if option is not None else "25")
        try:
            value = expand_string(text, self.ctx)
        except Outcome as failure:
            raise Unusable(
                f'failed to expand {self._shown(text)} ("port" option) for callout: {failure.message}'
            ) from None
        if value[:1].isdigit():
            if not value.isdigit():
                raise Unusable(f"invalid port number for callout: {value}")
            return int(value[:9])
        return self._service(value)

    def _service(self, name: str) -> int:
        from socket import getservbyname

        try:
            return getservbyname(name, "tcp")
        except OSError:
            raise Unusable(f"TCP port {self._shown(name)} is not defined for callout") from None

    def interface(self, address: str) -> str:
        """The address on this side for a connection to *address*, "" for any. Raises `Unusable`."""
        try:
            value = self.expanded("interface")
        except Outcome as failure:
            raise Unusable(f'failed to expand "interface" option for callout: {failure.message}') from None
        if value is None or not value.strip(SPACE):
            return ""
        if is_tainted(value):
            raise Unusable('failed to expand "interface" option for callout: configuration error')
        for item in split(value)[0]:
            if parse_address(item) is None:
                raise Unusable(
                    f'{self._shown(item)} is not a valid IP address for the "interface" option for callout'
                )
            if (":" in item) == (":" in address):
                return item
        return ""

    def _shown(self, text: str) -> str:
        return quoted(text, self.ctx.settings, self.ctx.target)
