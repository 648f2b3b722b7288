"""The routers of a configuration at work on an address. Spec: 3.10 to 3.12."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace

from eximconf.config.model import Configuration, DriverBlock
from eximconf.dns.host import FindOutcome
from eximconf.dns.hosts import find_by_name
from eximconf.expand.dynamic import expand_string
from eximconf.match.ip import parse_address
from eximconf.match.strings import match_domain_list
from eximconf.match.verdict import Died
from eximconf.route.address import Address, Decision
from eximconf.route.affixes import strip_affixes
from eximconf.route.drivers.accept import accept
from eximconf.route.drivers.dnslookup import DnsLookup
from eximconf.route.drivers.ipliteral import ipliteral
from eximconf.route.drivers.iplookup import IpLookup
from eximconf.route.drivers.manualroute import ManualRoute
from eximconf.route.drivers.queryprogram import QueryProgram
from eximconf.route.drivers.redirect import Redirect
from eximconf.route.expanding import more, switch
from eximconf.route.preconditions import (
    DOMAINS_MISMATCH,
    Unsettled,
    checks_of,
    out_of_place,
    settled_domains,
    unmet,
)
from eximconf.route.rewriting import Rewriter
from eximconf.route.router import Driver, Router, read_router
from eximconf.route.variables import (
    clear_variables,
    keep,
    renew_variables,
    set_router_variables,
    set_variables,
)
from eximconf.route.visit import Ended, Purpose, RouteRun, RouteStep, Visit
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE, split
from eximconf.runtime.outcome import Deferred, ForcedFailure, Outcome
from eximconf.runtime.value import Tainted, ascii_lower, taint_like

_DYNASTY_MAX = 100
_OPTIONS = {
    "domains mismatch": "domains", "local_parts mismatch": "local_parts", "senders mismatch": "senders",
    "condition failure": "condition", "file check": "require_files", "prefix mismatch": "local_part_prefix",
    "suffix mismatch": "local_part_suffix",
}  # fmt: skip
"""The options behind the reasons for which routers are skipped."""


class Routing:
    """The routers, transports and rewriting rules of one configuration, compiled once."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.rewriter = Rewriter.of(configuration)
        self.transports: Mapping[str, DriverBlock] = {
            block.name: block for block in configuration.transports
        }
        numbers = {block.name: number for number, block in enumerate(configuration.routers)}
        self.routers = tuple(
            read_router(block, number, numbers, _driver(block), checks_of(block))
            for number, block in enumerate(configuration.routers)
        )
        hacked = configuration["percent_hack_domains"]
        self.percent_hack_domains = hacked if isinstance(hacked, str) else None


def _driver(block: DriverBlock) -> Driver:
    match block.driver:
        case "accept":
            return accept
        case "dnslookup":
            return DnsLookup.of(block)
        case "ipliteral":
            return ipliteral
        case "iplookup":
            return IpLookup.of(block)
        case "manualroute":
            return ManualRoute.of(block)
        case "queryprogram":
            return QueryProgram.of(block)
        case "redirect":
            return Redirect.of(block)
    return _unknown_driver


def _unknown_driver(visit: Visit) -> Decision:
    return visit.ends(Decision.DEFER, f"{visit.router.name} router has no driver that is known")


def split_address(ctx: Context, address: Address, hacked: str | None) -> bool:
    """Take *address* apart; with the list *hacked* of domains, ``user%host`` in one of them stands for
    ``user@host``, which becomes the child of what it was. False if that cannot be decided now."""
    if not address.split():
        return False
    if hacked is None:
        return True
    local_part, domain, changed = address.caseful, address.domain, ""
    while True:
        ctx.variables["domain"] = domain
        try:
            listed = match_domain_list(ctx, domain, hacked, expand_string, wants_data=False).found
        except Deferred:
            return False
        if not listed or "%" not in local_part:
            break
        front, _, behind = local_part.rpartition("%")
        changed = taint_like(f"{front}@{behind}", local_part)
        local_part, domain = taint_like(front, local_part), taint_like(ascii_lower(behind), local_part)
    if changed:
        address.parent = copy(address)
        address.address = address.unique = changed
        address.domain = domain
        address.set_local_part(local_part)
    return True


def route_address(run: RouteRun, address: Address) -> Decision:
    """Route *address*: what becomes of it; its children wait in *run*. Raises `Died`."""
    if run.ctx.trace is not None:
        run.trace(">" * 35)
        run.trace(f"routing {address.address}")
    walk = _Walk(run, address)
    try:
        return walk.go()
    except Ended as end:
        return end.decision
    except Died:
        raise
    except (Outcome, OSError) as failure:  # a service that is missing, or a file that has gone
        address.message = failure.message if isinstance(failure, Outcome) else str(failure.strerror)
        return Decision.DEFER
    finally:
        clear_variables(run.ctx)
        run.ctx.variables.pop("router_name", None)


class _Walk:
    """The way of one address from router to router. *known*: the variables say what it is."""

    def __init__(self, run: RouteRun, address: Address) -> None:
        self.run = run
        self.ctx = run.ctx
        self.address = address
        self.known = False

    def go(self) -> Decision:
        if self.ctx.trace is None:
            found = self._search()
        else:
            with self.run.deeper():
                found = self._search()
        return self._unrouteable() if found is None else self._ended(*found)

    def _search(self) -> tuple[Router, Decision] | None:
        """The router that settles it and what it decides; None if no router does. Raises `Ended`."""
        number: int | None = self.address.start
        while number is not None and number < len(self.run.routers):
            router = self.run.routers[number]
            following: int | None = number + 1
            self.address.router = router
            decision = self._try(router)
            if decision is Decision.PASS and router.pass_router is not None:
                following = router.pass_router
            elif decision is Decision.DECLINE and not self._more(router):
                following = None
            elif decision not in (None, Decision.PASS, Decision.DECLINE):
                assert decision is not None
                return router, decision
            number = following
        return None

    def _more(self, router: Router) -> bool:
        return router.more is True or more(Visit(self.run, router, self.address))

    def _step(self, router: Router, outcome: str, reason: str = "", made: int = 0) -> None:
        if self.run.steps is not None:
            children = tuple(child.address for child in self.run.waiting[:made])
            unmet_option = _OPTIONS.get(reason, "") if outcome == "skipped" else ""
            text = router.block[unmet_option] if unmet_option else None
            option = f"{unmet_option} = {text}" if isinstance(text, str) else ""
            self.run.steps(RouteStep(self.address.address, router.name, outcome, reason, children, option))

    def _try(self, router: Router) -> Decision | None:
        """What *router* decides, None if it is skipped."""
        run, address, ctx = self.run, self.address, self.ctx
        looped = self._looped(router) if address.parent is not None else ""
        if looped:
            self._step(router, "skipped", f"previously routed {looped}")
            return None
        address.prefix = address.prefix_wild = address.suffix = address.suffix_wild = None
        address.local_part = address.caseful if router.caseful_local_part else address.lower
        if router.prefixes is not None or router.suffixes is not None:
            missing = strip_affixes(router, address)
            if missing:
                self._step(router, "skipped", f"{missing} mismatch")
                return None
        reason = "" if router.everywhere else out_of_place(router, run.purpose, run.testing)
        found, checks = None, router.checks
        if not reason and router.domains is not None and ctx.trace is None:
            if address.domain in router.foreign:
                reason = DOMAINS_MISMATCH
            else:
                found = settled_domains(ctx, router, address)
                reason = DOMAINS_MISMATCH if found is not None and not found.found else ""
        if reason:
            if run.steps is not None:
                self._step(router, "skipped", reason)
            return None
        self._tell(router)
        if found is not None:
            keep(ctx.variables, "domain_data", found.data)
            checks = checks[1:]
        visit = Visit(run, router, address)
        try:
            reason = unmet(visit, checks) if checks else ""
            if reason:
                if run.steps is not None:
                    self._step(router, "skipped", reason)
                return None
        except Unsettled as fault:
            address.message = str(fault)
            self._step(router, "deferred", str(fault))
            raise Ended(Decision.DEFER) from None
        return self._run_driver(visit)

    def _tell(self, router: Router) -> None:
        """Set the variables as *router* sees them."""
        self.ctx.variables["router_name"] = router.name
        if self.known:
            renew_variables(self.ctx, self.address)
        else:
            self.known = True
            set_variables(self.ctx, self.address)

    def _looped(self, router: Router) -> str:
        """The ancestor that *router* has had before, "" for none that matters. Raises `Ended`."""
        address = self.address
        for count, parent in enumerate(address.ancestors()):
            if parent.router is router:
                same = parent.address.lower() == address.address.lower()
                if same and router.caseful_local_part:
                    at = address.address.rfind("@")
                    same = parent.address[:at] == address.address[:at]
                if same or not router.repeat_use:
                    return parent.address
            if count > _DYNASTY_MAX:
                self.run.log(f"routing loop for {address.address}", panic=True)
                raise Ended(Decision.DEFER)
        return ""

    def _run_driver(self, visit: Visit) -> Decision | None:
        router, address, run = visit.router, self.address, self.run
        before = len(run.waiting)
        try:
            if router.set is not None and not self._set(visit, router.set):
                self._step(router, "declined", "forced failure in set")
                return None
            if router.address_data is not None and not self._set_address_data(visit, router.address_data):
                self._step(router, "declined", "forced failure in address_data")
                return Decision.DECLINE
            address.local_host_removed = False
            address.last_hop |= router.dsn_last_hop
            if run.ctx.trace is not None:
                run.trace(f"calling {router.name} router")
            decision = router.run(visit)
        except Ended as end:
            decision = end.decision
        if run.verifying and decision in (Decision.OK, Decision.PASS) and self._fails_verification(router):
            address.message = f"{router.name} router forced verify failure"
            for routed in (run.local, run.remote):
                if routed and routed[0] is address:
                    del routed[0]
            decision = Decision.FAIL
        elif decision is Decision.FAIL:
            run.trace(f"{router.name} router forced address failure")
        if run.steps is not None:
            reason = address.message or "" if decision is not Decision.OK else ""
            self._step(router, decision.value, reason, max(len(run.waiting) - before, 0))
        if decision in (Decision.PASS, Decision.DECLINE):
            run.trace(f"{router.name} router {decision.value} for {address.address}")
        return decision

    def _fails_verification(self, router: Router) -> bool:
        purpose = self.run.purpose
        return (purpose is Purpose.SENDER and router.fail_verify_sender) or (
            purpose is Purpose.RECIPIENT and router.fail_verify_recipient
        )

    def _set(self, visit: Visit, text: str) -> bool:
        """Set the variables of ``set``; False for a forced failure. Raises `Ended`."""
        address, ctx = self.address, self.ctx
        values = dict(address.properties.variables)
        for item in split(text, ";")[0]:
            name, _, value = item.partition("=")
            name = name.strip(SPACE)
            if not name.startswith("r_") or len(name) < 3:
                self.run.log(
                    f"bad router variable name '{name}' in router '{visit.router.name}'\n", panic=True
                )
                raise Ended(Decision.FAIL)
            try:
                values[name] = expand_string(value.lstrip(SPACE), ctx)
            except ForcedFailure:
                if more(visit):
                    return False
                raise Ended(Decision.FAIL) from None
            except Outcome as failure:
                message = f"expansion of {visit.quoted(item)} failed in {visit.router.name} router: {failure.message}"
                decision = Decision.DEFER if isinstance(failure, Deferred) else Decision.FAIL
                raise Ended(visit.ends(decision, message)) from None
            address.properties = replace(address.properties, variables=dict(values))
            set_router_variables(ctx, values)
        return True

    def _set_address_data(self, visit: Visit, text: str) -> bool:
        """Set ``$address_data``; False for a forced failure. Raises `Ended`."""
        try:
            value = expand_string(text, self.ctx)
        except ForcedFailure:
            return False
        except Outcome as failure:
            message = (
                f"expansion of {visit.quoted(text)} failed in {visit.router.name} router: {failure.message}"
            )
            raise Ended(visit.ends(Decision.DEFER, message)) from None
        self.ctx.variables["address_data"] = value
        self.address.properties = replace(self.address.properties, address_data=value)
        return True

    # The end

    def _unrouteable(self) -> Decision:
        """No router is left."""
        address = self.address
        self.run.trace("no more routers")
        if address.message is None:
            message = "Unrouteable address"
            text = address.router.cannot_route_message if address.router is not None else None
            if text is not None and address.router is not None:
                self._tell(address.router)
                try:
                    message = expand_string(text, self.ctx)
                except ForcedFailure:
                    pass
                except Outcome as failure:
                    name = address.router.name
                    self.run.log(
                        f"failed to expand cannot_route_message in {name} router: {failure.message}",
                        panic=True,
                    )
            address.user_message = address.message = message
        address.router = None
        return Decision.FAIL

    def _ended(self, router: Router, decision: Decision) -> Decision:
        address, run = self.address, self.run
        if decision is Decision.DEFER:
            run.trace(
                f"{router.name} router: defer for {address.address}\n  message: {address.message or '<none>'}"
            )
            return decision
        if decision is Decision.REROUTED:
            run.trace(f"re-routed to {run.waiting[0].address if run.waiting else ''}")
            return Decision.OK
        if decision is not Decision.OK:
            return decision
        visit = Visit(run, router, address)
        if router.translate_ip_address is not None:
            self._translate(router.translate_ip_address)
        unseen = router.unseen is not False and switch(visit, "unseen", router.unseen, False)
        if run.ctx.trace is not None:
            run.trace(f"routed by {router.name} router{' (unseen)' if unseen else ''}")
        address.message = None
        if unseen and router.number + 1 < len(run.routers):
            self._clone(router)
        return Decision.OK

    def _clone(self, router: Router) -> None:
        """Send a copy of the address on to the next router. Both get the same invented parent."""
        address = self.address
        parent = copy(address)
        before = address.parent
        inherited = before.properties.errors_to if before is not None else None
        parent.properties = replace(address.properties, errors_to=inherited)
        address.parent = parent
        clone = Address(
            address.address, parent, properties=replace(
                address.properties, errors_to=inherited, headers_add=(), headers_remove=None, domain_data=None,
                local_part_data=None,
            ), start=router.number + 1, last_hop=address.last_hop,
        )  # fmt: skip
        self.run.waiting.insert(0, clone)
        address.unique = f"{address.unique}/{router.name}"

    def _translate(self, text: str) -> None:
        """Put other addresses in the place of those that routing has found. Raises `Ended`."""
        address, ctx = self.address, self.ctx
        hosts = []
        for host in address.hosts:
            if host.address is None:
                hosts.append(host)
                continue
            ctx.variables["host_address"] = Tainted(host.address)
            try:
                found = expand_string(text, ctx)
            except ForcedFailure:
                hosts.append(host)
                continue
            except Outcome as failure:
                address.message = f"translate_ip_address expansion failed: {failure.message}"
                raise Ended(Decision.DEFER) from None
            finally:
                ctx.variables.pop("host_address", None)
            if parse_address(found) is not None:
                hosts.append(replace(host, address=found))
                continue
            answer = find_by_name(ctx, found, qualify_single=True)
            if answer.outcome in (FindOutcome.FAILED, FindOutcome.AGAIN):
                address.message = f"host {found} not found when translating {host.name} [{host.address}]"
                raise Ended(Decision.DEFER)
            hosts += answer.hosts
        address.hosts = tuple(hosts)
