"""The services `Verifier` and `Expander`: addresses are verified with the routers of the configuration. Spec: 44.21, 44.22."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from eximconf.config.model import Configuration
from eximconf.match.verdict import Died
from eximconf.route.address import Address
from eximconf.route.callout.of_address import AddressCallout
from eximconf.route.engine import Routing
from eximconf.route.quota import verify_quota
from eximconf.route.variables import keep
from eximconf.route.verification import VerifyOptions, expand_address, verify_address
from eximconf.route.visit import Purpose
from eximconf.runtime.acl_answers import Verified, VerifyAnswer, VerifyRequest
from eximconf.runtime.context import Context
from eximconf.runtime.value import Tainted, untaint


class RoutingVerifier:
    """Verifies with the routers of *configuration*, which are compiled when the first address comes.

    Callouts are made by the service of the context that asks.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    @cached_property
    def routing(self) -> Routing:
        """The routers, compiled."""
        return Routing(self._configuration)

    def verify(self, ctx: Context, request: VerifyRequest) -> VerifyAnswer:
        """Route the address, and call out where that is asked for. Raises `Died` for a fault that ends Exim, but only
        to an ACL, which knows what to do about it."""
        call = None
        if request.callout is not None:
            call = AddressCallout(ctx, request, request.callout, self._configuration.authenticators)
        options = VerifyOptions(
            Purpose.RECIPIENT if request.recipient else Purpose.SENDER, request.recipient,
            success_on_redirect=request.success_on_redirect, callout=call,
        )  # fmt: skip
        try:
            found = verify_address(self.routing, ctx, Tainted(request.address), options)
        except Died as death:
            if ctx.acl_run is not None:
                raise
            return VerifyAnswer(Verified.DEFER, death.message)
        if found.unqualified:
            return VerifyAnswer(Verified.FAIL)
        address = found.decisive
        if call is not None and call.made:
            _set_data(ctx, call.verified)
        answer = call.answer if call is not None and found.routed else None
        changed = found.address if found.rewritten else ""
        if address is None:
            return VerifyAnswer(found.result, address=changed)
        return VerifyAnswer(
            found.result, address.message, address.user_message,
            in_callout=answer is not None and answer.in_callout,
            routed_before_callout=found.routed, pass_message=address.pass_message,
            address_data=address.properties.address_data, check=answer.check if answer is not None else "",
            address=changed,
        )  # fmt: skip

    def members(self, ctx: Context, address: str) -> Sequence[str]:
        """Of the protocol `Expander`."""
        return expand_address(self.routing, ctx, Tainted(address))

    def quota(self, ctx: Context, address: str, positive: int, negative: int) -> VerifyAnswer:
        """Look into the mailbox, by the options of its transport."""
        try:
            return verify_quota(self.routing, ctx, address, positive, negative)
        except Died as death:
            if ctx.acl_run is not None:
                raise
            return VerifyAnswer(Verified.DEFER, death.message)


def _set_data(ctx: Context, address: Address | None) -> None:
    """A recipient that its hosts take is data that may be used as it is; after a callout there is none but that."""
    keep(ctx.variables, "domain_data", None if address is None else untaint(address.domain))
    keep(ctx.variables, "local_part_data", None if address is None else untaint(address.lower))


class OmittedCallouts:
    """The `Callouts` of ``exim -bh``: none is made."""

    omitted = True

    def call(
        self, ctx: Context, address: str, hosts: object, request: VerifyRequest
    ) -> VerifyAnswer | None:
        return None
