"""The services `Verifier` and `Expander`: addresses are verified with the routers of the configuration. Spec: 44.21, 44.22."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from eximconf.config.model import Configuration, DriverBlock
from eximconf.dns.host import Host
from eximconf.dns.hosts import find_by_name
from eximconf.expand.dynamic import expand_string
from eximconf.match.verdict import Died
from eximconf.route.address import Address, Decision
from eximconf.route.engine import Routing
from eximconf.route.router import text_of
from eximconf.route.settling import is_local, overrides_hosts
from eximconf.route.variables import set_variables, variables_restored
from eximconf.route.verification import VerifyOptions, expand_address, verify_address
from eximconf.route.visit import Purpose
from eximconf.runtime.acl_answers import Verified, VerifyAnswer, VerifyRequest
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.value import Tainted

_DECISIONS = {Verified.OK: Decision.OK, Verified.FAIL: Decision.FAIL, Verified.DEFER: Decision.DEFER}


class RoutingVerifier:
    """Verifies with the routers of *configuration*, which are compiled when the first address comes.

    Callouts are made by the service of the context that asks.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    @cached_property
    def _routing(self) -> Routing:
        return Routing(self._configuration)

    def verify(self, ctx: Context, request: VerifyRequest) -> VerifyAnswer:
        """Route the address, and call out where that is asked for. Raises `Died` for a fault that ends Exim, but only
        to an ACL, which knows what to do about it."""
        call = _Callout(ctx, request) if request.callout is not None else None
        options = VerifyOptions(
            Purpose.RECIPIENT if request.recipient else Purpose.SENDER, request.recipient,
            success_on_redirect=request.success_on_redirect, callout=call,
        )  # fmt: skip
        try:
            found = verify_address(self._routing, ctx, Tainted(request.address), options)
        except Died as death:
            if ctx.acl_run is not None:
                raise
            return VerifyAnswer(Verified.DEFER, death.message)
        if found.unqualified:
            return VerifyAnswer(Verified.FAIL)
        address = found.decisive
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
        return expand_address(self._routing, ctx, Tainted(address))

    def quota(self, ctx: Context, address: str, positive: int, negative: int) -> VerifyAnswer:
        """Mailboxes are for those to look into who deliver to them; nobody does here."""
        return VerifyAnswer(Verified.DEFER, "no mailboxes to look into here")


class _Callout:
    """The callouts of one verification. *answer*: that of the last one."""

    def __init__(self, ctx: Context, request: VerifyRequest) -> None:
        self.answer: VerifyAnswer | None = None
        self._ctx = ctx
        self._request = request

    def __call__(self, address: Address) -> Decision:
        hosts = self._hosts(address)
        if not hosts:
            self._trace("Cannot do callout: neither router nor transport provided a host list, or transport is not smtp")
            return Decision.OK
        self._trace("Attempting full verification using callout")
        callouts = self._ctx.services.callouts
        if callouts is None:
            address.message = "no callout service here"
            self.answer = VerifyAnswer(Verified.DEFER, address.message, in_callout=True)
            return Decision.DEFER
        self.answer = callouts.call(self._ctx, address.address, hosts, self._request)
        if self.answer is None:
            self._trace(
                "... callout omitted by default when host testing\n"
                "(Use -bhc if you want the callouts to happen.)"
            )
            return Decision.OK
        address.message, address.user_message = self.answer.message, self.answer.user_message
        return _DECISIONS[self.answer.result]

    def _hosts(self, address: Address) -> list[str]:
        transport = address.transport
        if transport is not None and is_local(transport):
            return []
        hosts = address.hosts
        if transport is not None and (not hosts or overrides_hosts(transport)):
            hosts = self._of_transport(address, transport) or hosts
        return [_shown(host) for host in hosts if host.address is not None]

    def _of_transport(self, address: Address, transport: DriverBlock) -> tuple[Host, ...]:
        """The hosts that the transport names itself."""
        ctx, listed = self._ctx, text_of(transport, "hosts")
        if listed is None:
            return ()
        with variables_restored(ctx):
            set_variables(ctx, address)
            try:
                names = split(expand_string(listed, ctx))[0]
                found = [find_by_name(ctx, name, qualify_single=True) for name in names if name != "+"]
            except Outcome as failure:
                if ctx.log is not None:
                    text = f"failed to expand list of hosts {quoted(listed, ctx.settings, ctx.target)} in {transport.name} transport for callout"
                    ctx.log(LogLine(f"{text}: {failure.message}", panic=True))
                return ()
        return tuple(host for answer in found for host in answer.hosts)

    def _trace(self, text: str) -> None:
        if self._ctx.trace is not None:
            self._ctx.trace.flat(text)


def _shown(host: Host) -> str:
    return f"{host.name} [{host.address}]" + (f":{host.port}" if host.port is not None else "")


class OmittedCallouts:
    """The `Callouts` of ``exim -bh``: none is made."""

    def call(self, ctx: Context, address: str, hosts: object, request: VerifyRequest) -> VerifyAnswer | None:
        return None
