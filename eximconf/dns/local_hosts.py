"""Taking this machine out of a list of hosts, and addresses that are in it twice.

Mail for which this machine is the best server must not be sent to it again, nor to servers that are not
preferred to it. Main options ``hosts_treat_as_local``, ``local_interfaces``, ``extra_local_interfaces``.
"""

from __future__ import annotations

from eximconf.dns.host import Candidate, FindOutcome
from eximconf.dns.resolver import Resolver
from eximconf.match.local_host import local_addresses

_ANY_ADDRESS = "0.0.0.0"  # many systems take it for themselves


def without_duplicates(hosts: list[Candidate]) -> list[Candidate]:
    """*hosts* with each address only where it comes first."""
    seen: set[str] = set()
    kept = []
    for host in hosts:
        if host.address is None or host.address not in seen:
            kept.append(host)
        if host.address is not None:
            seen.add(host.address)
    return kept


def without_local(
    resolver: Resolver, hosts: list[Candidate]
) -> tuple[FindOutcome, list[Candidate], bool]:
    """What is left of *hosts*, and whether this machine was among them.

    All hosts with its preference or a worse one go with it; if that would be all of them, the outcome is
    `FindOutcome.LOCAL` and they stay. `FindOutcome.FAILED`: no host has an address.
    """
    outcome = FindOutcome.FAILED
    better = 0
    for index, host in enumerate(hosts):
        if _is_local(resolver, host):
            return _local_at(resolver, hosts, index, better, outcome)
        if host.address is not None:
            outcome = FindOutcome.FOUND
        if index + 1 == len(hosts) or hosts[index + 1].preference != host.preference:
            better = index + 1
    return outcome, hosts, False


def _local_at(
    resolver: Resolver, hosts: list[Candidate], index: int, better: int, outcome: FindOutcome
) -> tuple[FindOutcome, list[Candidate], bool]:
    trace = resolver.ctx.trace
    if better == 0:
        if trace is not None:
            has_mx = hosts[index].preference >= 0
            trace.line("local host has lowest MX" if has_mx else "local host found for non-MX address")
        return FindOutcome.LOCAL, hosts, False
    if trace is not None:
        trace.line("local host in host list - removed hosts:")
        for host in hosts[better:]:
            trace.line(f"  {host.name} {host.address or 'NULL'} {host.preference}")
    return outcome, hosts[:better], True


def _is_local(resolver: Resolver, host: Candidate) -> bool:
    option = "hosts_treat_as_local"
    if option in resolver.ctx.settings and resolver.in_option_about(option, host.name.lower()):
        return True
    return host.address == _ANY_ADDRESS or host.address in local_addresses(resolver.ctx)
