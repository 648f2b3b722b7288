"""The addresses of one host, in the order in which they are to be tried.

A host's own addresses come in random order, those of IPv6 before those of IPv4. Main options ``disable_ipv6``,
``dns_ipv4_lookup``.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, replace
from enum import Enum

from eximconf.dns.host import Candidate, IgnoreTest
from eximconf.dns.names import unescaped
from eximconf.dns.resolver import NO_NAME, Resolver
from eximconf.match.ip import parse_address
from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import DnsAnswer, DnsStatus
from eximconf.runtime.entropy import SeededEntropy
from eximconf.runtime.services import Entropy
from eximconf.runtime.settings import is_on

_LATER = 500  # what the second family's keys are above the first's


class AddressOutcome(Enum):
    FOUND = "found"
    FAILED = "failed"
    AGAIN = "again"
    SECURITY = "security"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class AddressSearch:
    """How addresses are looked for. *ignore*: which are passed over; *dnssec_request*, *dnssec_require*: whether
    authenticated answers are wanted, or needed."""

    ignore: IgnoreTest | None = None
    allow_ip: bool = False
    ipv6: bool = True
    ipv4_first: bool = False
    dnssec_request: bool = False
    dnssec_require: bool = False


@dataclass(frozen=True, slots=True)
class Addresses:
    """The candidates for one host, sorted. *full_name*: its name as the DNS has it; *bad_name*: it can be none."""

    outcome: AddressOutcome
    candidates: tuple[Candidate, ...] = ()
    full_name: str = ""
    bad_name: bool = False


def entropy_of(ctx: Context) -> Entropy:
    """The random numbers of this run; the same in every run where it brings none."""
    if ctx.services.entropy is None:
        ctx.services.entropy = SeededEntropy()
    return ctx.services.entropy


def wants_ipv6(resolver: Resolver, name: str) -> bool:
    """Whether AAAA records are looked up for *name*."""
    settings = resolver.ctx.settings
    if is_on(settings, "disable_ipv6"):
        return False
    return "dns_ipv4_lookup" not in settings or not resolver.in_option("dns_ipv4_lookup", name)


def find_addresses(resolver: Resolver, host: Candidate, search: AddressSearch) -> Addresses:
    """The addresses of *host*, each as a copy of it. Sets ``$lookup_dnssec_authenticated``."""
    host.certificate_name = host.name
    if search.allow_ip and parse_address(host.name) is not None:
        if search.ignore is not None and search.ignore(host.name, host.name):
            return Addresses(AddressOutcome.IGNORED, full_name=host.name)
        return Addresses(AddressOutcome.FOUND, (replace(host, address=host.name),), host.name)
    gathering = _Gathering(resolver, host, search)
    kinds = ("AAAA", "A") if search.ipv6 and wants_ipv6(resolver, host.name) else ("A",)
    for kind in kinds:
        status = gathering.take(kind)
    return gathering.result(status)


class _Gathering:
    """The addresses found so far."""

    def __init__(self, resolver: Resolver, host: Candidate, search: AddressSearch) -> None:
        self.resolver = resolver
        self.host = host
        self.search = search
        self.found: list[Candidate] = []
        self.full_name = host.name
        self.named = False
        self.bad_name = False
        self.soft_error = False
        self.insecure = False

    def take(self, kind: str) -> DnsStatus:
        """Look for records of *kind* and add their addresses."""
        host, search = self.host, self.search
        reply = self.resolver.timed(host.name, kind)
        answer = reply.answer
        secure = self._note_dnssec(answer)
        if not self.named:
            self.full_name = reply.name
        self.bad_name |= answer.reason == NO_NAME
        if not answer.found:
            self.soft_error |= answer.status.broken
            return answer.status
        if search.dnssec_request and not secure:
            if search.dnssec_require:
                self.insecure = True
                return answer.status
            if host.dnssec:
                host.dnssec = False
        elif search.dnssec_request and host.dnssec is None:
            host.dnssec = True
        self.named = True
        self._add(answer, kind)
        return answer.status

    def _note_dnssec(self, answer: DnsAnswer) -> bool:
        variables = self.resolver.ctx.variables
        if not self.search.dnssec_request:
            variables.pop("lookup_dnssec_authenticated", None)
            return False
        secure = self.resolver.is_secure(answer)
        variables["lookup_dnssec_authenticated"] = "yes" if secure else "no"
        return secure

    def _add(self, answer: DnsAnswer, kind: str) -> None:
        host, search = self.host, self.search
        last = "AAAA" if search.ipv4_first else "A"
        for record in answer.of(kind):
            address = str(record.data)
            if search.ignore is not None and search.ignore(host.name, address):
                continue
            if not self.found and host.name.lower() != record.name.lower():
                host.name = unescaped(record.name)
            if any(candidate.address == address for candidate in self.found):
                continue
            key = host.preference * 1000 + entropy_of(self.resolver.ctx).integer(500)
            candidate = replace(host, address=address, key=key + (_LATER if kind == last else 0))
            insort(self.found, candidate, key=lambda candidate: candidate.key)

    def result(self, last_status: DnsStatus) -> Addresses:
        for candidate in self.found:
            candidate.dnssec = self.host.dnssec
        return Addresses(self._outcome(last_status), tuple(self.found), self.full_name, self.bad_name)

    def _outcome(self, last_status: DnsStatus) -> AddressOutcome:
        """An error counts only if there is no address; the search for A decides about the rest."""
        if self.found:
            return AddressOutcome.FOUND
        if last_status is not DnsStatus.SUCCESS:
            return AddressOutcome.AGAIN if self.soft_error else AddressOutcome.FAILED
        return AddressOutcome.SECURITY if self.insecure else AddressOutcome.IGNORED
