"""What the parts of routing share: the run for one address and all that come from it, and a router's visit to one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from eximconf.config.model import DriverBlock
from eximconf.route.address import Address, Decision
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.printing import quoted

if TYPE_CHECKING:
    from eximconf.route.rewriting import Rewriter
    from eximconf.route.router import Router

Passwd: TypeAlias = tuple[str, str, int, int, str, str, str]


class Purpose(Enum):
    """Why an address is routed: to deliver to it (or to see where it goes), to verify it, or for EXPN."""

    DELIVERY = "delivery"
    SENDER = "sender"
    RECIPIENT = "recipient"
    EXPN = "expn"


class RouteStep(NamedTuple):
    """What one router did with one address.

    *outcome*: ``skipped`` or the value of a `Decision`; *reason*: why, in Exim's words or "". *children*: the
    addresses that the router made. *option*: the precondition that does not hold, as it is written.
    """

    address: str
    router: str
    outcome: str
    reason: str
    children: tuple[str, ...] = ()
    option: str = ""


VerifyAddress: TypeAlias = Callable[[str], "str | None"]
"""Verifies an address for errors; its final form, None if it is not good."""


@dataclass(slots=True)
class RouteRun:
    """The state while an address and its descendants are routed.

    *testing*: addresses are tested, as ``exim -bt`` does. *local* and *remote*: what is routed to transports of
    each kind, *waiting* what is still to be routed, all the newest first. *steps*: told of each router, None
    while nobody listens. *verify_errors*: for ``errors_to``.
    """

    ctx: Context
    transports: Mapping[str, DriverBlock]
    routers: tuple[Router, ...]
    rewriter: Rewriter
    purpose: Purpose
    verify_errors: VerifyAddress
    testing: bool = False
    envelope_sender: str = ""
    local: list[Address] = field(default_factory=list)
    remote: list[Address] = field(default_factory=list)
    waiting: list[Address] = field(default_factory=list)
    steps: Callable[[RouteStep], None] | None = None

    @property
    def verifying(self) -> bool:
        return self.purpose is not Purpose.DELIVERY

    def trace(self, text: str) -> None:
        """A line that Exim prints while it tests a host."""
        if self.ctx.trace is not None:
            self.ctx.trace.line(text)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """What is traced in here is indented."""
        trace = self.ctx.trace
        if trace is None:
            yield
            return
        trace.level += 1
        try:
            yield
        finally:
            trace.level -= 1

    def log(self, text: str, panic: bool = False, selector: str = "") -> None:
        if self.ctx.log is not None:
            self.ctx.log(LogLine(text, panic=panic, selector=selector))

    def quoted(self, text: str) -> str:
        """*text* in quotes as messages show it."""
        return quoted(text, self.ctx.settings, self.ctx.target)

    def add_children(self, children: list[Address]) -> None:
        """Route *children* next, in this order."""
        self.waiting[:0] = children


@dataclass(slots=True)
class Visit:
    """One router at work on one address. *user*: the entry of the user that ``check_local_user`` found."""

    run: RouteRun
    router: Router
    address: Address
    user: Passwd | None = None

    @property
    def ctx(self) -> Context:
        return self.run.ctx

    def ends(self, decision: Decision, message: str) -> Decision:
        """*decision*, with the reason in the address."""
        self.address.message = message
        return decision

    def quoted(self, text: str) -> str:
        return self.run.quoted(text)


class Ended(Exception):
    """A router's work ends here with this decision; the reason is in the address."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision)
        self.decision = decision
