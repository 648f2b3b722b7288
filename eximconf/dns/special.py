"""Questions that are more than one look-up: the zone of a name, and Client SMTP Authorization.

Spec: 9.10.2 "Pseudo dnsdb record types", 44.27 "Verification using CSA". CSA: draft-ietf-marid-csv-csa.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eximconf.dns.resolver import Resolver
from eximconf.runtime.dns_answer import DnsAnswer, DnsStatus, Srv

_NOTHING = DnsAnswer(DnsStatus.NO_DOMAIN)
_PREFIX = "_client._smtp."
CSA_VERSION = 1  # stands as the priority of the record
_EXPLICIT = 1  # the bit of the port: "all our subdomains have records of their own"


class CsaAnswer(NamedTuple):
    """*found*: the name that the records are for: the one asked for, or one above it."""

    answer: DnsAnswer
    found: str


def lookup_upwards(resolver: Resolver, name: str, kind: str) -> DnsAnswer:
    """The records of *kind* at *name* or at the nearest name above it; the root is not asked."""
    while True:
        answer = resolver.lookup(name, kind).answer
        if not answer.status.absent:
            return answer
        _, dot, name = name.partition(".")
        if not dot:
            return _NOTHING


def lookup_csa(resolver: Resolver, name: str) -> CsaAnswer:
    """The authorization record of *name*; without one, that of a domain above it which says that its
    subdomains must have one. Main option ``dns_csa_search_limit``."""
    answer = resolver.lookup(_PREFIX + name, "SRV").answer
    if answer.found or answer.status is DnsStatus.AGAIN:
        return CsaAnswer(answer, name)
    if answer.status is DnsStatus.NO_DOMAIN:
        return CsaAnswer(_NOTHING, name)
    for parent in _parents(name, resolver.settings.csa_search_limit):
        answer = resolver.lookup(_PREFIX + parent, "SRV").answer
        if answer.status is DnsStatus.AGAIN:
            return CsaAnswer(answer, name)
        if answer.found and any(_demands_own_records(record.data) for record in answer.of("SRV")):
            return CsaAnswer(answer, parent)
    return CsaAnswer(_NOTHING, name)


def csa_records(answer: DnsAnswer) -> list[Srv]:
    """The SRV records of *answer*, with those of other versions."""
    return [record.data for record in answer.of("SRV") if isinstance(record.data, Srv)]


def demands_own_records(record: Srv) -> bool:
    """Whether a record says that every client below its domain has a record of its own."""
    return bool(record.port & _EXPLICIT)


def _demands_own_records(data: object) -> bool:
    return isinstance(data, Srv) and data.priority == CSA_VERSION and demands_own_records(data)


def _parents(name: str, limit: int) -> Iterator[str]:
    """The names above *name* that are asked, from the second level downwards; in the reverse zone of IPv4 from
    the third part of the address."""
    end = name.rfind(".")
    if end < 0:
        return
    step = 0
    lowered = name.lower()
    if lowered.endswith(".in-addr.arpa") and len(name) > len(".in-addr.arpa"):
        end, limit = len(name) - len(".in-addr.arpa"), 3
    elif lowered.endswith(".ip6.arpa") and len(name) > len(".ip6.arpa"):
        end, limit, step = len(name) - len(".ip6.arpa"), 3, 8  # four hexadecimal digits with their dots
    for _ in range(limit):
        end = end - step if step else name.rfind(".", 0, end)
        if end <= 0:
            return
        yield name[end + 1 :]
