"""The router ``manualroute``. Spec: 20."""

from __future__ import annotations

from dataclasses import dataclass, replace

from eximconf.config.model import DriverBlock
from eximconf.dns.host import Host
from eximconf.expand.dynamic import expand_string
from eximconf.match.strings import match_domain_list
from eximconf.route.address import Decision
from eximconf.route.expanding import data, switch
from eximconf.route.host_list import By, HostOptions, build, find_hosts
from eximconf.route.router import switch_of, text_of
from eximconf.route.settling import accept, errors_and_headers, is_local, settle_transport
from eximconf.route.variables import keep
from eximconf.route.visit import Ended, Visit
from eximconf.runtime.list_text import SPACE, leading_separator, split
from eximconf.runtime.outcome import Deferred, ForcedFailure, Outcome
from eximconf.runtime.value import taint_like
from eximconf.syntax.escapes import dequote


@dataclass(frozen=True, slots=True)
class ManualRoute:
    """The options of a manualroute router. *items*: those of ``route_list``, each domains, hosts and options."""

    items: tuple[tuple[str, str, str], ...] | None
    route_data: str | None
    hosts_randomize: bool | str
    options: HostOptions
    host_all_ignored: str

    @classmethod
    def of(cls, block: DriverBlock) -> ManualRoute:
        route_list, randomize = text_of(block, "route_list"), switch_of(block, "hosts_randomize", False)
        return cls(
            items=None if route_list is None else _items(route_list), route_data=text_of(block, "route_data"),
            hosts_randomize=randomize,
            options=HostOptions(
                randomize=randomize is True, on_failure=text_of(block, "host_find_failed") or "freeze"
            ),
            host_all_ignored=text_of(block, "host_all_ignored") or "defer",
        )  # fmt: skip

    def __call__(self, visit: Visit) -> Decision:
        """Route to the hosts that the configuration names for the domain."""
        item = self._item(visit)
        if item is None:
            return Decision.DECLINE
        hosts = self._expanded(visit, item[0])
        options = self.options
        if not isinstance(self.hosts_randomize, bool):
            options = replace(options, randomize=switch(visit, "hosts_randomize", self.hosts_randomize, False))
        transport = None
        if item[1]:
            options, transport = _options(visit, item[1], options)
        address = visit.address
        address.properties = errors_and_headers(visit, address.properties)
        if transport is None:
            settle_transport(visit)
        else:
            address.transport = transport
        if address.transport is not None and is_local(address.transport):
            address.hosts = (Host(hosts, None),) if hosts else ()
            return accept(visit, visit.user)
        return self._to_hosts(visit, hosts, options)

    def _item(self, visit: Visit) -> tuple[str, str] | None:
        """The hosts and options for the domain; None if there are none. Raises `Ended`."""
        if self.items is None:
            text = data(visit, self.route_data or "")
            hosts, options = _hosts_and_options(text)
            return (taint_like(hosts, text), options) if hosts else None
        for domains, hosts, options in self.items:
            try:
                found = match_domain_list(visit.ctx, visit.address.domain, domains, expand_string, single=True)
            except Deferred:
                raise Ended(visit.ends(Decision.DEFER, "lookup defer in route_list")) from None
            if found.found:
                keep(visit.ctx.variables, "value", found.data)
                return hosts, options
        return None

    def _expanded(self, visit: Visit, hosts: str) -> str:
        try:
            return expand_string(hosts, visit.ctx)
        except ForcedFailure:
            raise Ended(Decision.DECLINE) from None
        except Outcome as failure:
            message = f"{visit.router.name} router: failed to expand {visit.quoted(hosts)}: {failure.message}"
            raise Ended(visit.ends(Decision.DEFER, message)) from None
        finally:
            visit.ctx.variables.pop("value", None)
            visit.ctx.numbers = []

    def _to_hosts(self, visit: Visit, hosts: str, options: HostOptions) -> Decision:
        address, name = visit.address, visit.router.name
        verifying = visit.run.verifying
        if not hosts:
            if verifying:
                return accept(visit, None)
            message = f"error in {name} router: no host(s) specified for domain {address.domain}"
            visit.run.log(message)
            return visit.ends(Decision.DEFER, message)
        address.hosts = find_hosts(visit, build(visit, hosts, options.randomize), options)
        if not address.hosts:
            return self._all_ignored(visit)
        if address.transport is None and not verifying:
            visit.run.log(f"Error in {name} router: no transport defined")
            return visit.ends(Decision.DEFER, "error in router: transport missing")
        accept(visit, None)
        return Decision.OK  # whatever becomes of fallback_hosts: 4.100-dev discards mail where they cannot be expanded

    def _all_ignored(self, visit: Visit) -> Decision:
        action = self.host_all_ignored
        if action in ("decline", "pass"):
            return Decision.DECLINE if action == "decline" else Decision.PASS
        message = (
            f"lookup failed for all hosts in {visit.router.name} router: "
            f"host_find_failed=ignore host_all_ignored={action}"
        )
        visit.address.frozen = action == "freeze"
        return visit.ends(Decision.FAIL if action == "fail" else Decision.DEFER, message)


def _items(route_list: str) -> tuple[tuple[str, str, str], ...]:
    separator, rest = leading_separator(route_list)
    found = []
    for item in split(rest, separator or ";")[0]:
        text = item.lstrip(SPACE)
        if text:
            domains, at = dequote(text, 0)
            found.append((domains, *_hosts_and_options(text[at:])))
    return tuple(found)


def _hosts_and_options(text: str) -> tuple[str, str]:
    text = text.lstrip(SPACE)
    hosts, at = dequote(text, 0)
    return hosts, text[at:].lstrip(SPACE)


_WORDS = ("randomize", "no_randomize", "byname", "bydns", "ipv4_prefer", "ipv4_only")


def _options(visit: Visit, text: str, options: HostOptions) -> tuple[HostOptions, DriverBlock | None]:
    """*options* with the words of a route item, which may be cut short, and the transport that one of them names."""
    transport = None
    while text:
        end = next((at for at, char in enumerate(text) if char in SPACE), len(text))
        word, rest = text[:end], text
        text = text[end:].lstrip(SPACE)
        match next((known for known in _WORDS if known.startswith(word)), ""):
            case "randomize":
                options = replace(options, randomize=True)
            case "no_randomize":
                options = replace(options, randomize=False)
            case "byname":
                options = replace(options, by=By.NAME)
            case "bydns":
                options = replace(options, by=By.DNS)
            case "ipv4_prefer":
                options = replace(options, ipv4_prefer=True)
            case "ipv4_only":
                options = replace(options, ipv4_only=True)
            case _:
                transport = _transport(visit, word, rest)
    return options, transport


def _transport(visit: Visit, word: str, rest: str) -> DriverBlock:
    """The first transport whose name begins with *word*. Raises `Ended`."""
    for name, block in visit.run.transports.items():
        if name.startswith(word):
            return block
    fault = f"unknown routing option or transport name {visit.quoted(rest)}"
    visit.run.log(f"Error in {visit.router.name} router: {fault}")
    raise Ended(visit.ends(Decision.DEFER, f"error in router: {fault}"))
