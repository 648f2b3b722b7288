"""All recipients of a message on their way through the routers. Spec: 3.10 "Processing an address for delivery"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from eximconf.deliver.facts import Course, LocalOutcome
from eximconf.deliver.process import Process
from eximconf.dns.host import Host
from eximconf.match.verdict import Died
from eximconf.route.address import Address, Decision, Kind
from eximconf.route.engine import Routing, route_address, split_address
from eximconf.route.settling import is_local
from eximconf.route.variables import keep
from eximconf.route.verification import VerifyOptions, verify_address
from eximconf.route.visit import Purpose, RouteRun
from eximconf.runtime.acl_answers import Verified
from eximconf.runtime.value import Tainted

_MOST = 10_000
"""More addresses than this are not routed: redirection can double them without end."""


class Settled(NamedTuple):
    """An address that is said to have come out in some way, whatever transports do."""

    address: Address
    outcome: LocalOutcome


@dataclass(slots=True)
class RoutedMessage:
    """Where its addresses go, in the order in which they are delivered. *settled*: those that are decided already."""

    local: list[Address] = field(default_factory=list)
    remote: list[Address] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)


Told = Callable[[Address, Decision], None]


class Recipients:
    """Routes them, in *run*. *told* hears of each that goes nowhere (FAIL, DEFER, DISCARD), in Exim's order."""

    def __init__(self, process: Process, routing: Routing, told: Told) -> None:
        self._process = process
        self._routing = routing
        self._told = told
        self.run = RouteRun(
            process.ctx, routing.transports, routing.routers, routing.rewriter, Purpose.DELIVERY, self._verify_errors,
            envelope_sender=process.around.sender,
        )  # fmt: skip
        self._result = RoutedMessage()
        self._seen: set[str] = set()

    def route(self, addresses: Sequence[str], made: Sequence[Address] = ()) -> RoutedMessage:
        """Route *addresses* and all that come from them. *made*: what a filter adds, before them."""
        batch, count = [*made, *(Address(Tainted(address)) for address in addresses)], 0
        while batch:
            count += len(batch)
            if count > _MOST:
                break
            self._round(batch)
            batch, self.run.waiting = self.run.waiting, []
        result = self._result
        result.local += self._once(self.run.local)
        result.remote += self._once(self.run.remote)
        return result

    def _round(self, batch: list[Address]) -> None:
        """Route one generation: Exim goes through it from its end."""
        mail = []
        for address in batch:
            if address.kind is Kind.MAIL:
                mail.append(address)
                continue
            address.domain = address.parent.domain if address.parent is not None else ""
            address.local_part = address.address
            if address.parent is not None:
                address.unique = f"{address.address}:{address.parent.unique}"
            if address.kind is not Kind.REPLY and address.unique in self._seen:
                continue
            self._seen.add(address.unique)
            if address.bad_transport:
                self._told(address, Decision.DEFER)
            else:
                self.run.local.insert(0, address)
        for address in reversed(mail):
            self._route(address)

    def _route(self, address: Address) -> None:
        process = self._process
        course = process.around.known.course(address.address) if address.parent is None else None
        if course is not None:
            self._send(address, course)
            return
        process.set(return_path=address.properties.return_path(Tainted(process.around.sender)))
        decision, before = Decision.DEFER, len(self.run.waiting)
        try:
            if split_address(process.ctx, address, self._routing.percent_hack_domains):
                decision = route_address(self.run, address)
        except Died as death:
            address.message = death.message
        newest = (*self.run.local[:1], *self.run.remote[:1])
        routed = any(one is address for one in newest) or len(self.run.waiting) > before
        if decision in (Decision.FAIL, Decision.DEFER, Decision.DISCARD) or not routed:
            self._told(address, decision if decision is not Decision.OK else Decision.DISCARD)

    def _send(self, address: Address, course: Course) -> None:
        """Take what the session says instead of the routers."""
        address.split()
        address.router = next((one for one in self._routing.routers if one.name == course.router), None)
        address.transport = self._routing.transports.get(course.transport)
        address.hosts = tuple(host for host in map(_host, course.hosts) if host is not None)
        if course.outcome is not None:
            self._result.settled.append(Settled(address, course.outcome))
        elif address.transport is None:
            address.message = f"transport {course.transport} not found"
            self._told(address, Decision.DEFER)
        elif is_local(address.transport):
            self.run.local.insert(0, address)
        else:
            self.run.remote.insert(0, address)

    def _once(self, addresses: list[Address]) -> list[Address]:
        """Without duplicates."""
        found = []
        for address in addresses:
            if address.kind is not Kind.MAIL or address.unique not in self._seen:
                self._seen.add(address.unique)
                found.append(address)
        return found

    def _verify_errors(self, text: str) -> str | None:
        ctx = self._process.ctx
        before = ctx.variables.get("sender_address")
        ctx.variables["sender_address"] = ""
        try:
            found = verify_address(self._routing, ctx, text, VerifyOptions(Purpose.RECIPIENT))
        finally:
            keep(ctx.variables, "sender_address", before)
        if self._process.since("4.97"):  # seen on 4.98.2, not on 4.96
            self._process.set(return_path="")
        return found.address if found.result is Verified.OK else None


def _host(text: str) -> Host | None:
    """The host of ``name [address]:port``, ``[address]:port`` or ``address``."""
    name, bracket, rest = text.partition("[")
    if not bracket:
        return Host(text.strip(), text.strip())
    address, _, port = rest.partition("]")
    number = port.strip().removeprefix(":")
    return Host(
        name.strip() or address,
        address,
        port=int(number) if number.isdecimal() and len(number) < 6 else None,
    )
