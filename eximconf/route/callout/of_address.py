"""The callouts of one verification: for each address that is routed to hosts. Spec: 44.22."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from eximconf.config.model import DriverBlock
from eximconf.dns.host import Host
from eximconf.dns.hosts import HostSearch, find_by_dns, find_by_name
from eximconf.expand.dynamic import expand_string
from eximconf.match.ip import parse_address
from eximconf.route.address import Address, Decision
from eximconf.route.callout.asked import Asked
from eximconf.route.callout.asking import ask
from eximconf.route.router import text_of
from eximconf.route.settling import is_local, overrides_hosts
from eximconf.route.variables import set_variables, variables_restored
from eximconf.route.verification import sender_of
from eximconf.runtime.acl_answers import Callout, Verified, VerifyAnswer, VerifyRequest
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import ForcedFailure, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.services import Unrecorded

_OF_CONNECTION = (
    "transport_name",
    "sending_ip_address",
    "sending_port",
    "host",
    "host_address",
    "host_port",
)
_DECISIONS = {Verified.OK: Decision.OK, Verified.FAIL: Decision.FAIL, Verified.DEFER: Decision.DEFER}


class AddressCallout:
    """The callouts of one verification. *answer*: that of the last one; *verified*: for whom it was, where its hosts took
    it; *made*: there was one."""

    def __init__(
        self, ctx: Context, request: VerifyRequest, callout: Callout, authenticators: Sequence[DriverBlock]
    ) -> None:
        self.answer: VerifyAnswer | None = None
        self.verified: Address | None = None
        self.made = False
        self._ctx = ctx
        self._request = request
        self._callout = callout
        self._authenticators = authenticators

    def __call__(self, address: Address) -> Decision:
        hosts = self._hosts(address)
        if not hosts:
            self._trace(
                "Cannot do callout: neither router nor transport provided a host list, or transport is not smtp"
            )
            return Decision.OK
        self._trace("Attempting full verification using callout")
        callouts = self._ctx.services.callouts
        if callouts is not None and callouts.omitted:
            self._trace(
                "... callout omitted by default when host testing\n"
                "(Use -bhc if you want the callouts to happen.)"
            )
            return Decision.OK
        self.made = True
        said = None
        if callouts is not None:
            shown = [_shown(host) for host in hosts if host.address is not None]
            said = callouts.call(self._ctx, address.address, shown, self._request)
        self.answer = said if said is not None else self._ask(address, hosts)
        address.message, address.user_message = self.answer.message, self.answer.user_message
        return _DECISIONS[self.answer.result]

    def _ask(self, address: Address, hosts: tuple[Host, ...]) -> VerifyAnswer:
        ctx = self._ctx
        with variables_restored(ctx), _host_restored(ctx):
            set_variables(ctx, address)
            try:
                asked = Asked(
                    ctx, address, hosts, self._request, self._callout, self._sender(address), self._authenticators,
                    ctx.services.remotes,
                )  # fmt: skip
                said = ask(asked)
            except Unrecorded as missing:
                return VerifyAnswer(Verified.DEFER, str(missing), in_callout=True)
            except Outcome as failure:
                return VerifyAnswer(Verified.DEFER, failure.message)
        kind = "recipient" if self._request.recipient else "sender"
        if said.failure:
            ctx.variables[f"{kind}_verify_failure"] = said.failure
        elif said.answer.result is Verified.OK and self._request.recipient:
            self.verified = address
        return said.answer

    def _sender(self, address: Address) -> str:
        """The sender that the callout gives. Raises `Outcome`."""
        flags, ctx = self._callout.flags, self._ctx
        if not self._request.recipient:
            return self._callout.mail_from or ""
        if "use_sender" in flags:
            return sender_of(ctx)
        if "use_tptsender" in flags:
            return self._return_path(address)
        if "use_postmaster" in flags:
            return f"postmaster@{ctx.settings.get('qualify_domain', '')}"
        return ""

    def _return_path(self, address: Address) -> str:
        """The return path of a delivery. Raises `Outcome`."""
        ctx, transport = self._ctx, address.transport
        found = address.properties.errors_to or sender_of(ctx)
        text = text_of(transport, "return_path") if transport is not None else None
        try:
            return found if text is None else expand_string(text, ctx)
        except ForcedFailure:
            return found

    def _hosts(self, address: Address) -> tuple[Host, ...]:
        transport = address.transport
        hosts = address.hosts
        if transport is not None and not is_local(transport) and (not hosts or overrides_hosts(transport)):
            return self._of_transport(address, transport) or (() if overrides_hosts(transport) else hosts)
        return hosts

    def _of_transport(self, address: Address, transport: DriverBlock) -> tuple[Host, ...]:
        """The hosts that the transport names itself; one that is not found has no address."""
        ctx, listed = self._ctx, text_of(transport, "hosts")
        if listed is None:
            return ()
        with variables_restored(ctx):
            set_variables(ctx, address)
            try:
                names = split(expand_string(listed, ctx))[0]
                found = [self._found(name, transport) for name in names if name != "+"]
            except Outcome as failure:
                if ctx.log is not None:
                    text = f"failed to expand list of hosts {quoted(listed, ctx.settings, ctx.target)} in {transport.name} transport for callout"
                    ctx.log(LogLine(f"{text}: {failure.message}", panic=True))
                return ()
        return tuple(host for hosts in found for host in hosts)

    def _found(self, name: str, transport: DriverBlock) -> tuple[Host, ...]:
        """The addresses of the host *name*, in the way in which the transport looks for them."""
        ctx = self._ctx
        by_name = transport["gethostbyname"] is True or parse_address(name) is not None
        single, parents = transport["dns_qualify_single"] is True, transport["dns_search_parents"] is True
        if by_name:
            answer = find_by_name(ctx, name, qualify_single=single, search_parents=parents)
        else:
            search = HostSearch(
                qualify_single=single, search_parents=parents,
                dnssec_request=text_of(transport, "dnssec_request_domains"),
                dnssec_require=text_of(transport, "dnssec_require_domains"),
            )  # fmt: skip
            answer = find_by_dns(ctx, name, search)
        return answer.hosts or (Host(name, None),)

    def _trace(self, text: str) -> None:
        if self._ctx.trace is not None:
            self._ctx.trace.flat(text)


@contextmanager
def _host_restored(ctx: Context) -> Iterator[None]:
    """Unset what a connection to a host has set, afterwards."""
    try:
        yield
    finally:
        for name in _OF_CONNECTION:
            ctx.variables.pop(name, None)


def _shown(host: Host) -> str:
    return f"{host.name} [{host.address}]" + (f":{host.port}" if host.port is not None else "")
