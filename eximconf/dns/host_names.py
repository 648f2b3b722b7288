"""From the address of a client to its host names, each checked to lead back to the address.

Main option ``host_lookup_order``: ``bydns`` asks for PTR records, ``byaddr`` is the system's own call, which here
sees the DNS and no file of hosts. Spec: 14.23 "host_lookup_order", 44.26.1 "reverse_host_lookup".
"""

from __future__ import annotations

from dataclasses import dataclass

from eximconf.dns.host import FindOutcome
from eximconf.dns.hosts import HostSearch, find_by_dns
from eximconf.dns.names import is_system_host_name
from eximconf.dns.resolver import Resolver
from eximconf.dns.reverse import reverse_name
from eximconf.dns.settings import setting
from eximconf.match.ip import parse_address, parse_network
from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import DnsStatus
from eximconf.runtime.list_text import split
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted

_HOST_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")
_EMPTY_NAME = "IP address lookup yielded an empty name: treated as non-existent host name"


@dataclass(frozen=True, slots=True)
class HostNames:
    """The names of an address.

    *outcome*: `FOUND`, `FAILED` or `AGAIN`. *name*: ``$sender_host_name``, "" without; *aliases*: its other names;
    both are tainted.
    *message*: why there is none, as Exim appends it to other messages, "" after a success or a soft error.
    *secure*: ``$sender_host_dnssec``.
    """

    outcome: FindOutcome
    name: str = ""
    aliases: tuple[str, ...] = ()
    message: str = ""
    secure: bool = False


def find_host_names(ctx: Context, address: str) -> HostNames:
    """The names of the host with IP *address*.

    Raises `ExpansionFailed` where the run has no DNS service. The trace and the log get Exim's lines.
    """
    trace = ctx.trace
    if trace is None:
        return _Search(ctx, address).run()
    trace.line(f"looking up host name for {address}")
    trace.level += 1
    try:
        return _Search(ctx, address).run()
    finally:
        trace.level -= 1


class _Search:
    """One search. *names*: those found so far, the first is the main one."""

    def __init__(self, ctx: Context, address: str) -> None:
        self.ctx = ctx
        self.address = address
        self.reverse_name = reverse_name(address) or ""
        self.resolver = Resolver(ctx)
        self.names: list[str] = []
        self.secure = False
        self.checks_letters = at_least(ctx.target, "4.97")

    def run(self) -> HostNames:
        for way in split(setting(self.ctx, "host_lookup_order"))[0]:
            status = self._by(way.lower())
            if self.names:
                break
            if status is DnsStatus.AGAIN:
                return HostNames(FindOutcome.AGAIN)
        if not self.names:
            self.resolver.log(f"no host name found for IP address {self.address}", "host_lookup_failed")
            return HostNames(
                FindOutcome.FAILED, message=" (failed to find host name from IP address)", secure=self.secure
            )
        self._say(f'IP address lookup yielded "{self.names[0]}"')
        for alias in self.names[1:]:
            self._say(f'  alias "{alias}"')
        return self._checked()

    def _by(self, way: str) -> DnsStatus:
        """Look for names in one *way* of ``host_lookup_order``."""
        if way == "bydns":
            return self._by_dns()
        return self._by_address() if way == "byaddr" else DnsStatus.NO_DATA

    def _by_dns(self) -> DnsStatus:
        answer = self.resolver.timed(self.reverse_name, "PTR").answer
        if answer.found:
            self.secure = self.resolver.is_secure(answer)
        elif answer.status is DnsStatus.AGAIN:
            self._say("IP address PTR lookup gave temporary error")
        for record in answer.of("PTR"):
            name = str(record.data)
            if not name:
                self._say(_EMPTY_NAME)
            elif self.checks_letters and not _HOST_NAME.issuperset(name):
                self._say("IP address lookup yielded an illegal name (bad char): treated as non-existent host name")
            else:
                self.names.append(Tainted(name.lower()))
        return answer.status

    def _by_address(self) -> DnsStatus:
        """The system's call: it takes the first name only, and refuses one that is no host name."""
        self._say("IP address lookup using gethostbyaddr()")
        answer = self.resolver.raw(self.reverse_name, "PTR")
        names = [str(record.data) for record in answer.of("PTR")]
        status = answer.status if names or not answer.found else DnsStatus.NO_DATA
        if names and names[0] and not is_system_host_name(names[0]):
            status = DnsStatus.FAIL
        if status is not DnsStatus.SUCCESS:
            self._say(f"IP address lookup failed: h_errno={_H_ERRNO[status]}")
            return DnsStatus.AGAIN if status is DnsStatus.FAIL else status
        if names[0]:
            self.names.append(Tainted(names[0].lower()))
        else:
            self._say(_EMPTY_NAME)
        return status

    def _checked(self) -> HostNames:
        """Only those names that have the address themselves."""
        good = []
        for name in self.names:
            outcome = self._leads_back(name)
            if outcome is FindOutcome.AGAIN:
                self._say("temporary error for host name lookup")
                return HostNames(FindOutcome.AGAIN, secure=self.secure)
            if outcome is FindOutcome.FOUND:
                good.append(name)
        if good:
            return HostNames(FindOutcome.FOUND, good[0], tuple(good[1:]), secure=self.secure)
        reason = f"{self.address} does not match any IP address for {self.names[0]}"
        self._say(reason)
        return HostNames(FindOutcome.FAILED, message=f" ({reason})", secure=self.secure)

    def _leads_back(self, name: str) -> FindOutcome:
        search = HostSearch(dnssec_request="*" if self.secure else None, options=False)
        found = find_by_dns(self.ctx, name, search)
        if not found.found:
            if found.outcome is not FindOutcome.AGAIN:
                self._say(f"no IP addresses found for {name}")
            return found.outcome
        self._say(f"checking addresses for {name}")
        if not found.hosts[0].dnssec:
            self.secure = False
        client = parse_network(self.address)
        for address in found.addresses:
            parsed = parse_address(address)
            if parsed is not None and client is not None and client.holds(parsed):
                self._say(f"  {address} OK")
                return FindOutcome.FOUND
            self._say(f"  {address}")
        self._say(f"no IP address for {name} matched {self.address}")
        return FindOutcome.FAILED

    def _say(self, text: str) -> None:
        if self.ctx.trace is not None:
            self.ctx.trace.line(text)


_H_ERRNO = {DnsStatus.NO_DOMAIN: 1, DnsStatus.AGAIN: 2, DnsStatus.FAIL: 3, DnsStatus.NO_DATA: 4}
