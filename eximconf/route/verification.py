"""Routing an address and all that comes from it, to verify it or to see where it goes. Spec: 44.21, 5.2 ``-bt``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from eximconf.dns.host import Host
from eximconf.message.addresses import find_at
from eximconf.route.address import Address, Decision, Kind
from eximconf.route.engine import Routing, route_address, split_address
from eximconf.route.settling import overrides_hosts
from eximconf.route.variables import KeptVariables, keep
from eximconf.route.visit import Purpose, RouteRun, RouteStep
from eximconf.runtime.acl_answers import Verified
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.value import Tainted
from eximconf.source.records import record

_MOST = 10_000
"""More addresses than this from one end its routing: redirection can double them without end."""
_SURROUNDINGS = ("sender_address", "return_path", "verify_mode")


class Fate(Enum):
    """What has become of one address. `SPECIAL`: it is a pipe, a file or a reply."""

    ROUTED = "routed"
    FAILED = "failed"
    DEFERRED = "deferred"
    SPECIAL = "special"


@record
class RoutedAddress:
    """Where an address goes, or why it goes nowhere.

    *parents*: what it came from, the nearest first. *transport*: "" for none. *hosts*: those that the router found,
    where the transport uses them. *message*: why it failed. *allowed*: redirection may make such a thing.
    *fault*: what is wrong with its transport. *local*: its transport is a local one.
    """

    address: str
    fate: Fate
    parents: tuple[str, ...] = ()
    router: str = ""
    transport: str = ""
    hosts: tuple[Host, ...] = ()
    message: str | None = None
    kind: Kind = Kind.MAIL
    duplicate: bool = False
    allowed: bool = True
    fault: str = ""
    local: bool = False


@record
class Verification:
    """The result for an address, *address* as it was routed: qualified and rewritten.

    *unqualified*: it had no domain and was to have one. *found*: all that came of it, in the order in which Exim
    tells it; one part only where the first problem ends a verification, and nothing where it was verified.
    *discarded*: nothing is delivered. *decisive*: the address whose message and ``$address_data`` count.
    """

    result: Verified
    address: str
    rewritten: bool = False
    unqualified: bool = False
    found: tuple[RoutedAddress, ...] = ()
    discarded: bool = False
    decisive: Address | None = None
    routed: bool = False


Callout = Callable[[Address], "Decision"]


@dataclass(slots=True)
class VerifyOptions:
    """How an address is routed.

    *testing*: as ``-bt`` does it. *full*: everything that comes of it is followed, else the first problem, or the
    first address that does not lead to one other, ends it. *qualify*: a domain is added. *callout*: asks the hosts
    of an address that is routed. *duplicates*: what was routed before, by what tells duplicates.
    """

    purpose: Purpose = Purpose.DELIVERY
    recipient: bool = True
    testing: bool = False
    full: bool = False
    qualify: bool = True
    success_on_redirect: bool = False
    callout: Callout | None = None
    duplicates: set[str] = field(default_factory=set)
    steps: Callable[[RouteStep], None] | None = None


def verify_address(routing: Routing, ctx: Context, text: str, options: VerifyOptions) -> Verification:
    """Route *text*. Raises `Died` for a fault that ends Exim."""
    failure = f"{'recipient' if options.recipient else 'sender'}_verify_failure"
    ctx.variables.pop(failure, None)
    address = text
    if find_at(text) < 0:
        if not options.qualify:
            ctx.variables[failure] = "qualify"
            return Verification(Verified.FAIL, text, unqualified=True)
        address = routing.rewriter.qualified(ctx, text, options.recipient)
    qualified, address = address, routing.rewriter.envelope(ctx, address, options.recipient)
    if not address:
        return Verification(Verified.OK, "", rewritten=qualified != address)
    kept, before = KeptVariables(ctx), _put_surroundings(ctx, options)
    try:
        return _Course(routing, ctx, options, failure, Tainted(address)).run(address != qualified)
    finally:
        kept.give_back()
        _put_back(ctx, before)


def expand_address(routing: Routing, ctx: Context, text: str) -> Sequence[str]:
    """What EXPN shows of *text*: the addresses that one router makes of it, itself, or that it is discarded. Raises
    `ExpansionFailed` with what is said otherwise."""
    options = VerifyOptions(Purpose.EXPN, testing=True)
    address = routing.rewriter.envelope(ctx, text, recipient=True)
    kept, before = KeptVariables(ctx), _put_surroundings(ctx, options)
    try:
        return _Course(routing, ctx, options, "recipient_verify_failure", Tainted(address)).members()
    finally:
        kept.give_back()
        _put_back(ctx, before)


_Surroundings = tuple["str | None", "str | None", "str | None", "str | None"]


def _put_surroundings(ctx: Context, options: VerifyOptions) -> _Surroundings:
    """Set what else routing sees: what was there. A sender is verified as if it were a recipient of a message that has
    none."""
    variables = ctx.variables
    message = ctx.connection.message if ctx.connection is not None else None
    before = variables.get("sender_address"), variables.get("return_path"), variables.get("verify_mode")
    sender = message.sender if message is not None else None
    variables["verify_mode"] = "R" if options.recipient else "S"
    if not options.recipient:
        variables["sender_address"] = ""
        if message is not None:  # for ACLs that routers run
            message.sender = ""
    return *before, sender


def _put_back(ctx: Context, before: _Surroundings) -> None:
    *values, sender = before
    for name, value in zip(_SURROUNDINGS, values, strict=True):
        keep(ctx.variables, name, value)
    message = ctx.connection.message if ctx.connection is not None else None
    if message is not None and sender is not None:
        message.sender = sender


class _Course:
    """One verification."""

    def __init__(
        self, routing: Routing, ctx: Context, options: VerifyOptions, failure: str, address: str
    ) -> None:
        self.routing = routing
        self.ctx = ctx
        self.options = options
        self.failure = failure
        self.address = address
        self.found: list[RoutedAddress] = []
        self.all_right = True
        self.result = Verified.OK
        self.decisive: Address | None = None
        self.routed = False
        self.state = RouteRun(
            ctx, routing.transports, routing.routers, routing.rewriter, options.purpose, self._verify_errors,
            testing=options.testing, steps=options.steps,
            envelope_sender=sender_of(ctx),
        )  # fmt: skip

    def run(self, rewritten: bool) -> Verification:
        self.state.waiting = [Address(self.address)]
        settled, count = False, 0
        while self.state.waiting and not settled:
            address = self.state.waiting.pop(0)
            count += 1
            if count > _MOST:
                address.message = "too many addresses"
                self._not_routed(address, Decision.DEFER)
                break
            settled = self._consider(address)
        state = self.state
        discarded = not settled and self.all_right and not state.local and not state.remote
        if not settled:
            for address in (*state.local, *state.remote):
                self._show(address)
        return Verification(
            self.result, self.address, rewritten, found=tuple(self.found), discarded=discarded,
            decisive=self.decisive, routed=self.routed,
        )  # fmt: skip

    def members(self) -> Sequence[str]:
        """Route the address once. Raises `ExpansionFailed`."""
        address, state = Address(self.address), self.state
        decision = Decision.DEFER
        if split_address(self.ctx, address, self.routing.percent_hack_domains):
            decision = route_address(state, address)
        if decision is Decision.FAIL:
            raise ExpansionFailed(f"{self.address} is undeliverable")
        if decision is Decision.DEFER:
            raise ExpansionFailed(f"{self.address} cannot be resolved at this time")
        if state.waiting:
            return [f"<{child.address}>" for child in state.waiting]
        discarded = not state.local and not state.remote
        return [f"mail to <{self.address}> is discarded" if discarded else f"<{self.address}>"]

    def _consider(self, address: Address) -> bool:
        """Route one address; True if that settles everything."""
        if address.kind is not Kind.MAIL:
            self.all_right = False
            self.found.append(_special(address))
            return False
        self.ctx.variables["return_path"] = address.properties.return_path(Tainted(self.state.envelope_sender))
        self.routed = False
        decision = Decision.DEFER
        if split_address(self.ctx, address, self.routing.percent_hack_domains):
            decision = route_address(self.state, address)
        if decision is Decision.OK:
            self.routed = True
            if self.options.callout is not None:
                decision = self.options.callout(address)
        else:
            self.ctx.variables[self.failure] = "route"
        self.decisive = self.decisive or address
        if decision in (Decision.FAIL, Decision.DEFER):
            return self._not_routed(address, decision)
        if not self.options.full and self._is_verified():
            self.decisive = address
            return True
        return False

    def _not_routed(self, address: Address, decision: Decision) -> bool:
        self.all_right = False
        failed = decision is Decision.FAIL
        parents = tuple(parent.address for parent in address.ancestors())
        fate = Fate.FAILED if failed else Fate.DEFERRED
        self.found.append(RoutedAddress(address.address, fate, parents, message=address.message))
        if failed:
            self.result = Verified.FAIL
        elif self.result is Verified.OK or not self.options.full:
            self.result = Verified.DEFER
        if not self.options.full:
            self.decisive = address
        return not self.options.full

    def _is_verified(self) -> bool:
        """An address is good unless there is one other that decides in its place."""
        waiting = self.state.waiting
        return len(waiting) != 1 or waiting[0].kind is not Kind.MAIL or self.options.success_on_redirect

    def _show(self, address: Address) -> None:
        duplicate = address.unique in self.options.duplicates
        self.options.duplicates.add(address.unique)
        transport = address.transport
        hosts = address.hosts if transport is not None and not overrides_hosts(transport) else ()
        self.found.append(
            RoutedAddress(
                address.address, Fate.ROUTED, tuple(parent.address for parent in address.ancestors()),
                router=address.router.name if address.router is not None else "",
                transport=transport.name if transport is not None else "", hosts=hosts, duplicate=duplicate,
                local=transport is not None and transport.driver != "smtp",
            )
        )  # fmt: skip

    def _verify_errors(self, address: str) -> str | None:
        """Verify an address for errors, in a run of its own; its final form, None if it is not good."""
        ctx = self.ctx
        before = ctx.variables.get("sender_address")
        ctx.variables["sender_address"] = ""
        try:
            found = verify_address(self.routing, ctx, address, VerifyOptions(Purpose.RECIPIENT))
        finally:
            keep(ctx.variables, "sender_address", before)
        return found.address if found.result is Verified.OK else None


def sender_of(ctx: Context) -> str:
    """The sender of the message, "" for none."""
    value = ctx.variables.get("sender_address")
    if value is not None:
        return value
    found = ctx.computed.get("sender_address")
    return found() if found is not None else ""


def _special(address: Address) -> RoutedAddress:
    return RoutedAddress(
        address.address, Fate.SPECIAL, tuple(parent.address for parent in address.ancestors()),
        router=address.router.name if address.router is not None else "",
        transport=address.transport.name if address.transport is not None else "",
        kind=address.kind, allowed=address.allowed, fault=address.message or "" if address.bad_transport else "",
        local=True,
    )  # fmt: skip
