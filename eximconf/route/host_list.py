"""The hosts that manualroute and queryprogram name, with their addresses. Spec: 20.4, 20.5."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

from eximconf.dns.addresses import entropy_of
from eximconf.dns.host import FindOutcome, Host, HostsFound, IgnoreTest
from eximconf.dns.hosts import HostSearch, find_by_dns, find_by_name
from eximconf.expand.dynamic import expand_string
from eximconf.match.hosts import HostSubject, match_host_list
from eximconf.match.ip import parse_address
from eximconf.route.address import Decision
from eximconf.route.self_action import act
from eximconf.route.visit import Ended, Visit
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import ExpansionFailed, Outcome
from eximconf.runtime.value import untaint

_PORT = re.compile(r"(?:\[(.+)\]|([^:]+)):([0-9]+)\Z", re.DOTALL)


class By(Enum):
    """How addresses are looked for: in the DNS and then by name, or in one way only."""

    DEFAULT = "default"
    NAME = "byname"
    DNS = "bydns"


@dataclass(frozen=True, slots=True)
class HostOptions:
    """How the hosts are used. *on_failure*: what a host that is not found leads to: a `Decision`, ``ignore`` or
    ``freeze``."""

    by: By = By.DEFAULT
    ipv4_only: bool = False
    ipv4_prefer: bool = False
    randomize: bool = False
    on_failure: str = "freeze"


def ignore_test(visit: Visit) -> IgnoreTest | None:
    """The test of ``ignore_target_hosts``, None for a router without."""
    text, ctx = visit.router.ignore_target_hosts, visit.ctx
    if text is None:
        return None

    def ignored(name: str, address: str) -> bool:
        host = HostSubject(ctx, address, expand_string, host_name=name)
        try:
            return match_host_list(ctx, host, text, expand_string, option="ignore_target_hosts").found
        except Outcome:
            return False

    return ignored


def build(visit: Visit, text: str, randomize: bool) -> list[Host]:
    """The hosts that the list *text* names. *randomize*: in random order, within groups that ``+`` divides."""
    groups: list[list[Host]] = [[]]
    for name in split(text)[0]:
        if name == "+":
            groups.append([])
        else:
            groups[-1].append(Host(name, None))
    if not randomize:
        return [host for group in groups for host in group]
    return [host for group in groups for host in _shuffled(visit, group)]


def _shuffled(visit: Visit, hosts: list[Host]) -> list[Host]:
    entropy = entropy_of(visit.ctx)
    keys = [entropy.integer(1000) for _ in hosts]
    return [host for _, host in sorted(zip(keys, hosts, strict=True), key=lambda pair: pair[0])]


def find_hosts(visit: Visit, hosts: list[Host], options: HostOptions) -> tuple[Host, ...]:
    """*hosts* with their addresses. Raises `Ended` where one is not found, or is this machine."""
    found: list[Host] = []
    self_send = False
    for host in hosts:
        name, port = _port_taken(host.name)
        with visit.run.deeper():
            answer = _found(visit, name, options)
        if answer is None:
            continue
        if answer.outcome is FindOutcome.LOCAL and not self_send:
            if found:
                visit.address.local_host_removed = True
                break
            act(visit, answer.hosts[0])
            self_send = True
        found += (each if port is None else replace(each, port=port) for each in answer.hosts)
    return tuple(found)


def _port_taken(name: str) -> tuple[str, int | None]:
    """The name without the port behind it, and the port."""
    with_port = _PORT.match(name)
    if with_port is None:
        return name, None
    return with_port[1] or with_port[2], int(with_port[3][:9])


def _found(visit: Visit, name: str, options: HostOptions) -> HostsFound | None:
    """The addresses of one host; None if it is not there and that is ignored. Raises `Ended`."""
    mx = len(name) > 3 and name.lower().endswith("/mx")
    name = name[:-3] if mx else name
    try:
        answer = _look_up(visit, name, mx, options)
    except ExpansionFailed as failure:  # a run without DNS
        raise Ended(visit.ends(Decision.DEFER, failure.message)) from None
    match answer.outcome:
        case FindOutcome.SECURITY:
            raise _deferred(visit, f"host lookup for {name} done insecurely")
        case FindOutcome.AGAIN:
            if visit.router.pass_on_timeout:
                raise Ended(Decision.PASS)
            raise _deferred(visit, f"host lookup for {name} did not complete (DNS timeout?)")
        case FindOutcome.FAILED:
            _fail(visit, name, answer, options.on_failure)
            return None
    visit.address.local_host_removed |= answer.removed
    return answer


class _Literals(dict[str, HostsFound]):
    """What is found for hosts that are named by their address: always the same."""


_MOST_LITERALS = 4096


def _look_up(visit: Visit, name: str, mx: bool, options: HostOptions) -> HostsFound:
    ctx, ignore, router = visit.ctx, ignore_test(visit), visit.router
    search = HostSearch(
        mx=mx, addresses=not mx, ipv6=not options.ipv4_only, ipv4_only=options.ipv4_only,
        ipv4_first=options.ipv4_prefer, ignore=ignore, dnssec_request=router.dnssec_request,
        dnssec_require=router.dnssec_require,
    )  # fmt: skip
    plain = untaint(name)
    if ctx.trace is None and ignore is None and not mx and not ctx.settings.get("hosts_treat_as_local"):
        known = ctx.services.memory.setdefault(_Literals, _Literals())
        assert isinstance(known, _Literals)
        if plain in known:
            return known[plain]
        if parse_address(plain) is not None:
            answer = find_by_name(ctx, plain, ignore, qualify_single=True, tell_full_name=True)
            if len(known) < _MOST_LITERALS:
                known[plain] = answer
            return answer
    if mx:
        return find_by_dns(ctx, plain, search)
    if options.by is not By.NAME and parse_address(plain) is None:
        answer = find_by_dns(ctx, plain, search)
        if answer.outcome is not FindOutcome.FAILED or options.by is By.DNS:
            return answer
    return find_by_name(ctx, plain, ignore, qualify_single=True, tell_full_name=True)


def _deferred(visit: Visit, message: str) -> Ended:
    return Ended(visit.ends(Decision.DEFER, message))


def _fail(visit: Visit, name: str, answer: HostsFound, action: str) -> None:
    """Do what is to be done about a host that is not found. Raises `Ended` unless it is ignored."""
    if action == "ignore":
        return
    if action in ("pass", "decline"):
        raise Ended(Decision.PASS if action == "pass" else Decision.DECLINE)
    syntax = ": syntax error in name" if answer.bad_name else ""
    message = f"lookup of host {visit.quoted(name)} failed in {visit.router.name} router{syntax}"
    visit.address.frozen = action == "freeze"
    raise Ended(visit.ends(Decision.FAIL if action == "fail" else Decision.DEFER, message))
