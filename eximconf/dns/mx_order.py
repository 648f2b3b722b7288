"""The order of hosts that MX and SRV records name. RFC 5321, 5.1; RFC 2782.

Lower preference first. Hosts with the same one come in random order, for SRV by their weights, in the way of
Exim: its weights are those of sums already built, and the last host of all is never chosen before its turn.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable

from eximconf.dns.host import Candidate
from eximconf.dns.names import unescaped
from eximconf.runtime.dns_answer import DnsRecord, Mx, Srv
from eximconf.runtime.services import Entropy


def hosts_of_records(
    records: Iterable[DnsRecord], entropy: Entropy, dnssec: bool | None
) -> list[Candidate]:
    """The hosts that MX or SRV *records* name, each once, sorted by preference and a weight."""
    hosts: list[Candidate] = []
    for record in records:
        data = record.data
        if isinstance(data, Mx):
            data = Srv(data.preference, entropy.integer(500), -1, data.exchange)
        elif not isinstance(data, Srv):
            continue
        preference, weight, port, target = data
        key = preference * 1000 + weight
        host = Candidate(unescaped(target), preference, key, port if port >= 0 else None, dnssec)
        if _is_new(hosts, host, target):
            insort(hosts, host, key=_key)
    return hosts


def order_by_weight(hosts: list[Candidate], entropy: Entropy) -> None:
    """Order hosts of SRV records with the same priority by chance, according to their weights."""
    last = len(hosts) - 1
    for at in range(last):
        end = at
        total = 0
        while end < last:
            total += hosts[end].key % 1000
            hosts[end].key = total
            if hosts[end].preference != hosts[end + 1].preference:
                break
            end += 1
        if end > at:
            limit = entropy.integer(total + 1)
            chosen = next((index for index in range(at, end) if hosts[index].key >= limit), end)
            hosts.insert(at, hosts.pop(chosen))
        hosts[at].key = hosts[at].preference * 1000 + entropy.integer(500)


def families_together(hosts: list[Candidate], ipv4_first: bool) -> None:
    """Within one preference, move addresses of the first family before those of the other, in one pass."""
    for at in range(len(hosts) - 1):
        host, following = hosts[at], hosts[at + 1]
        if host.preference != following.preference or host.address is None:
            continue
        if _is_first_family(following, ipv4_first) and not _is_first_family(host, ipv4_first):
            hosts[at], hosts[at + 1] = following, host


def _is_new(hosts: list[Candidate], host: Candidate, target: str) -> bool:
    """Whether *host* has to be put among *hosts*. One of the same name that is not preferred to it goes."""
    for index, known in enumerate(hosts):
        if known.name.lower() != target.lower():
            continue
        if host.preference >= known.preference:
            return False
        if index == 0:
            known.preference, known.key = host.preference, host.key
            return False
        del hosts[index]
        return True
    return True


def _is_first_family(host: Candidate, ipv4_first: bool) -> bool:
    """Whether the address is of the family that goes first, or there is none."""
    return host.address is None or (":" in host.address) != ipv4_first


def _key(host: Candidate) -> int:
    return host.key
