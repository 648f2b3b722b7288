"""From a name to hosts with addresses, as Exim's routers and checks do it.

`find_by_dns` asks for SRV, MX and address records; `find_by_name` is what a system's own call for host names
gives, with no file of hosts. Both find this machine among the hosts. Spec: 17 "The dnslookup router".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from eximconf.dns.addresses import (
    AddressOutcome,
    AddressSearch,
    entropy_of,
    find_addresses,
    wants_ipv6,
)
from eximconf.dns.host import Candidate, FindOutcome, HostsFound, IgnoreTest, Unusable
from eximconf.dns.local_hosts import without_duplicates, without_local
from eximconf.dns.mx_order import families_together, hosts_of_records, order_by_weight
from eximconf.dns.names import is_system_host_name, unescaped
from eximconf.dns.resolver import NO_NAME, Resolver
from eximconf.match.ip import parse_address
from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import DnsAnswer, DnsStatus
from eximconf.runtime.settings import is_on

_NO_NAME = DnsAnswer(DnsStatus.NO_DOMAIN, reason=NO_NAME)


@dataclass(frozen=True, slots=True)
class HostSearch:
    """What is looked for, and how.

    *services*: the names of services whose SRV records are tried, in order; *mx*, *addresses*: whether MX
    and then address records of the name itself are; *ipv6*: whether AAAA ones. *ipv4_only*: no AAAA for the
    hosts that MX and SRV records name; *ipv4_first*: A before AAAA. *ignore*: addresses to pass over.
    *srv_fail_domains*, *mx_fail_domains*: domain lists for which an error counts as "none".
    *dnssec_request*, *dnssec_require*: domain lists; None is an option without a value. *options*: the lists
    are those of a router or transport, by whose names the trace calls them. *dnssec_lists*: whether there are
    lists about DNSSEC at all.
    """

    services: Sequence[str] = ()
    mx: bool = False
    addresses: bool = True
    ipv6: bool = True
    ipv4_only: bool = False
    ipv4_first: bool = False
    qualify_single: bool = False
    search_parents: bool = False
    ignore: IgnoreTest | None = None
    srv_fail_domains: str | None = None
    mx_fail_domains: str | None = None
    dnssec_request: str | None = None
    dnssec_require: str | None = None
    options: bool = True
    dnssec_lists: bool = True


def find_by_dns(ctx: Context, name: str, search: HostSearch) -> HostsFound:
    """The hosts of *name* by the records in the DNS. Raises `ExpansionFailed` without a DNS service."""
    return _Search(ctx, name, search).run()


class _Search:
    """One search. *request*, *require*: whether authenticated answers are wanted, or needed, for this name."""

    def __init__(self, ctx: Context, name: str, search: HostSearch) -> None:
        self.ctx = ctx
        self.name = name
        self.search = search
        self.full_name = name
        plain = Resolver(ctx)
        self.require = self._checked(plain, "require", search.dnssec_require)
        self.request = self.require or self._checked(plain, "request", search.dnssec_request)
        self.resolver = Resolver(ctx, search.qualify_single, search.search_parents, self.request)

    def _checked(self, resolver: Resolver, what: str, domains: str | None) -> bool:
        trace = self.ctx.trace
        option = f"dnssec_{what}_domains" if self.search.options else ""
        if trace is None:
            return resolver.in_list(domains, self.name, option)
        trace.line(f"check dnssec {what} list")
        if not self.search.dnssec_lists:
            return False
        trace.level += 1
        try:
            return resolver.in_list(domains, self.name, option)
        finally:
            trace.level -= 1

    def run(self) -> HostsFound:
        answer, kind = self._srv(), "SRV"
        if isinstance(answer, HostsFound):
            return answer
        if answer is None and self.search.mx:
            answer, kind = self._mx(), "MX"
            if isinstance(answer, HostsFound):
                return answer
        if answer is None:
            return self._own_addresses()
        return self._named_hosts(answer, kind)

    def _end(self, outcome: FindOutcome, bad_name: bool = False) -> HostsFound:
        return HostsFound(outcome, (), self.full_name, bad_name=bad_name)

    def _srv(self) -> DnsAnswer | HostsFound | None:
        """The first answer with SRV records, None if there is none, or the end of the search."""
        for service in self.search.services:
            prefix = f"_{service}._tcp."
            reply = self.resolver.timed(f"{prefix}{self.name[:256]}", "SRV")
            answer = reply.answer
            secure = self._note_dnssec(answer)
            if reply.name != prefix + self.name:
                self.full_name = reply.name[len(prefix) :]
            insecure = answer.found and self.require and not secure
            if insecure:
                self.resolver.log(f"dnssec fail on SRV for {self.name}", "host_lookup_failed")
            if insecure or answer.status.broken:
                if not self.resolver.in_list(self.search.srv_fail_domains, self.name, "srv_fail_domains"):
                    return self._end(FindOutcome.AGAIN)
            elif answer.found:
                return answer
        return None

    def _mx(self) -> DnsAnswer | HostsFound | None:
        """The answer with MX records, None if there is none, or the end of the search."""
        reply = self.resolver.timed(self.name, "MX")
        answer, self.full_name = reply.answer, reply.name
        secure = self._note_dnssec(answer)
        if answer.status is DnsStatus.NO_DOMAIN:
            return self._end(FindOutcome.FAILED, bad_name=answer.reason == NO_NAME)
        if answer.found:
            if not self.require or secure:
                return answer
            return None if self._mx_may_fail() else self._end(FindOutcome.SECURITY)
        if answer.status.broken and not self._mx_may_fail():
            return self._end(FindOutcome.AGAIN)
        return None

    def _mx_may_fail(self) -> bool:
        option = "mx_fail_domains" if self.search.options else ""
        return self.resolver.in_list(self.search.mx_fail_domains, self.name, option)

    def _note_dnssec(self, answer: DnsAnswer) -> bool:
        """Whether *answer* is authenticated; sets ``$lookup_dnssec_authenticated`` if that was asked for."""
        secure = self.resolver.is_secure(answer)
        self.ctx.variables.pop("lookup_dnssec_authenticated", None)
        if self.request:
            self.ctx.variables["lookup_dnssec_authenticated"] = "yes" if secure else "no"
        return secure

    def _own_addresses(self) -> HostsFound:
        """The addresses of the name itself."""
        if not self.search.addresses:
            return self._end(FindOutcome.FAILED)
        found = find_addresses(self.resolver, Candidate(self.name), self._address_search(self.search.ipv6))
        self.full_name = found.full_name
        if found.outcome is not AddressOutcome.FOUND:
            return self._end(_OUTCOMES[found.outcome], found.bad_name)
        outcome, hosts, removed = without_local(self.resolver, list(found.candidates))
        return HostsFound(outcome, tuple(host.frozen() for host in hosts), self.full_name, removed)

    def _address_search(self, ipv6: bool) -> AddressSearch:
        search = self.search
        return AddressSearch(
            search.ignore, False, ipv6, search.ipv4_first, self.request, self.require
        )

    def _named_hosts(self, answer: DnsAnswer, kind: str) -> HostsFound:
        """The hosts that the MX or SRV records of *answer* name, with their addresses."""
        dnssec = self.resolver.is_secure(answer) if self.request else None
        entropy = entropy_of(self.ctx)
        hosts = hosts_of_records(answer.of(kind), entropy, dnssec)
        if kind == "SRV":
            if len(hosts) == 1 and not hosts[0].name:  # "no such service here"
                return HostsFound(FindOutcome.FAILED, (hosts[0].frozen(),), self.full_name)
            order_by_weight(hosts, entropy)
        if not hosts:
            return self._end(FindOutcome.FAILED)
        outcome, hosts = self._with_addresses(hosts)
        families_together(hosts, self.search.ipv4_first)
        found, hosts, removed = without_local(self.resolver, without_duplicates(hosts))
        if found is not FindOutcome.FAILED:
            outcome = found
        return HostsFound(outcome, tuple(host.frozen() for host in hosts), self.full_name, removed)

    def _with_addresses(self, hosts: list[Candidate]) -> tuple[FindOutcome, list[Candidate]]:
        """*hosts* with all their addresses, those that are to be ignored left out, and what failed last."""
        resolver = Resolver(self.ctx, dnssec=self.request or self.require)
        search = replace(
            self._address_search(not self.search.ipv4_only),
            allow_ip=is_on(self.ctx.settings, "allow_mx_to_ip"),
            ipv4_first=False,  # settled among all hosts afterwards
        )
        outcome = FindOutcome.FAILED
        kept: list[Candidate] = []
        for host in hosts:
            found = find_addresses(resolver, host, search)
            if found.outcome is AddressOutcome.FOUND:
                kept += found.candidates
                continue
            host.unusable = _UNUSABLE[found.outcome]
            if found.outcome in (AddressOutcome.AGAIN, AddressOutcome.SECURITY):
                outcome = _OUTCOMES[found.outcome]
            if host.unusable is not Unusable.IGNORED:
                kept.append(host)
        return outcome, kept or hosts[-1:]


_OUTCOMES = {
    AddressOutcome.FOUND: FindOutcome.FOUND,
    AddressOutcome.FAILED: FindOutcome.FAILED,
    AddressOutcome.AGAIN: FindOutcome.AGAIN,
    AddressOutcome.SECURITY: FindOutcome.SECURITY,
    AddressOutcome.IGNORED: FindOutcome.FAILED,
}
_UNUSABLE = {
    AddressOutcome.FAILED: Unusable.FAILED,
    AddressOutcome.AGAIN: Unusable.DEFERRED,
    AddressOutcome.SECURITY: Unusable.INSECURE,
    AddressOutcome.IGNORED: Unusable.IGNORED,
}


def find_by_name(
    ctx: Context,
    name: str,
    ignore: IgnoreTest | None = None,
    local_check: bool = True,
    during: str = "",
    qualify_single: bool = False,
    search_parents: bool = False,
    tell_full_name: bool = False,
) -> HostsFound:
    """The addresses of the host *name*, IPv6 first, in the order of the DNS.

    An IP address stands for itself, ``localhost`` for the loopback addresses. *local_check*: find out whether it
    is this machine. *during*: what goes on, for the log (``SMTP connection from …``). *tell_full_name*: the
    trace names the host in full. Raises `ExpansionFailed` without a DNS service.
    """
    resolver = Resolver(ctx, qualify_single, search_parents)
    host = Candidate(name, certificate_name=name)
    hosts, soft_error, bad_name = _system_addresses(resolver, host, ignore)
    if not hosts:
        return _no_address(resolver, host.name, soft_error, bad_name, during)
    full_name = host.name
    hosts = without_duplicates(hosts)
    outcome, removed = FindOutcome.FOUND, False
    if local_check:
        outcome, hosts, removed = without_local(resolver, hosts)
    if ctx.trace is not None:
        if tell_full_name:
            ctx.trace.line(f"fully qualified name = {full_name}")
        ctx.trace.line("gethostbyname2 looked up these IP addresses:")
        for host in hosts:
            ctx.trace.line(f"  name={host.name} address={host.address}")
    return HostsFound(outcome, tuple(host.frozen() for host in hosts), full_name, removed)


def _no_address(
    resolver: Resolver, name: str, soft_error: bool, bad_name: bool, during: str
) -> HostsFound:
    message = f"no IP address found for host {name}" + (f" (during {during})" if during else "")
    if resolver.ctx.trace is not None:
        resolver.ctx.trace.line(message)
    if not soft_error:
        resolver.log(message, "host_lookup_failed")
        return HostsFound(FindOutcome.FAILED, full_name=name, bad_name=bad_name)
    if resolver.in_option_about("dns_again_means_nonexist", name):
        return HostsFound(FindOutcome.FAILED, full_name=name)
    return HostsFound(FindOutcome.AGAIN, full_name=name)


def _system_addresses(
    resolver: Resolver, host: Candidate, ignore: IgnoreTest | None
) -> tuple[list[Candidate], bool, bool]:
    """The addresses, whether a search for them may end otherwise next time, and whether the name can be none."""
    found: list[Candidate] = []
    soft_error = bad_name = False
    for kind in ("AAAA", "A") if wants_ipv6(resolver, host.name) else ("A",):
        literal = _literal(host.name, kind)
        if literal is not None:
            addresses = [literal] if literal else []
            host.name = host.name.lower()
        else:
            answer = _system_answer(resolver, host.name, kind)
            resolver.log_slow("gethostbyname", host.name, answer.seconds)
            soft_error |= answer.status.broken
            bad_name |= answer.reason == NO_NAME
            addresses = [str(record.data) for record in answer.of(kind)]
            if addresses:
                host.name = _canonical_name(answer, kind, host.name)
        found += [
            replace(host, address=address)
            for address in addresses
            if ignore is None or not ignore(host.name, address)
        ]
    return found, soft_error, bad_name


def _literal(name: str, kind: str) -> str | None:
    """The address that *name* stands for without a question, "" for one of the other family; None if it has
    to be asked for."""
    if name.lower() == "localhost":
        return "127.0.0.1" if kind == "A" else "::1"
    address = parse_address(name)
    if address is None:
        return None
    return name if (address.family == 4) == (kind == "A") else ""


def _system_answer(resolver: Resolver, name: str, kind: str) -> DnsAnswer:
    """What the system's call for host names finds. It asks for nothing that cannot be one."""
    system = resolver.ctx.services.system_hosts
    if system is not None:
        return system.addresses(resolver.ctx, name, kind)
    return resolver.raw(name, kind) if is_system_host_name(name) else _NO_NAME


def _canonical_name(answer: DnsAnswer, kind: str, name: str) -> str:
    """The name that the addresses belong to, if the resolver followed CNAMEs to one that can be a host's."""
    found = answer.of(kind)[0].name
    follows = any(record.kind == "CNAME" for record in answer.records) and is_system_host_name(found)
    return unescaped(found) if follows else name.rstrip(".")
