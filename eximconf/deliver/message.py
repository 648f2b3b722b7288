"""A message that was accepted goes out: all its deliveries, in Exim's order. Spec: 3.10 to 3.14, 53.9, 61.

First the recipients are routed, then come local deliveries, one by one, then remote ones, group by group as with
``remote_max_parallel = 1``. Bounces are other messages, which nobody makes here.
"""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.config.model import Configuration
from eximconf.deliver.attempt import Attempt, Used
from eximconf.deliver.errors import EXPANSION_FAILED, NOT_SAID
from eximconf.deliver.event_action import Action, EventActions, main_action, transport_action
from eximconf.deliver.facts import Fate, Known, LocalOutcome
from eximconf.deliver.groups import groups
from eximconf.deliver.hosts import SmtpTransport
from eximconf.deliver.lines import DeliveryLines
from eximconf.deliver.local import put_off
from eximconf.deliver.process import Process, Size, Surroundings
from eximconf.deliver.recipients import Recipients
from eximconf.deliver.retries import may_retry
from eximconf.deliver.return_path import set_return_path
from eximconf.deliver.tls import clear_tls, set_tls
from eximconf.message.headers import HeaderLines
from eximconf.route.address import Address, Decision
from eximconf.route.engine import Routing
from eximconf.route.router import text_of
from eximconf.route.transport_hosts import named_hosts
from eximconf.route.variables import clear_variables
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.value import untaint

_UNRECORDED = LocalOutcome(Fate.DEFERRED, "nothing is recorded of this delivery", -1)
_KEPT = ("sending_ip_address", "sending_port")


class Delivery:
    """The deliveries of one message with *configuration*.

    *ctx*: what expansions see in the process that delivers, its log included; it belongs to the delivery. *known*: how
    they went. *body*: of the message. *actions*: expands what the configuration says about events.
    """

    def __init__(
        self,
        configuration: Configuration,
        routing: Routing,
        ctx: Context,
        known: Known,
        actions: EventActions,
        sender: str,
        body: str,
    ) -> None:
        self._configuration = configuration
        self._routing = routing
        self._process = Process(ctx, Surroundings.of(configuration, ctx, known, actions, sender, body))
        self._main = main_action(ctx.settings)
        self._put_off: list[Attempt] = []
        self._fallback: list[Attempt] = []
        self._groups = 0
        self._failures: list[Attempt] = []
        self._frozen = ""
        self._waits = False
        self._size = Size(0, 0)
        self._lines = DeliveryLines(self._process, self._size)

    @property
    def signed(self) -> list[str]:
        """What was put above the message, for each time that it was sent with a signature: header lines with line ends."""
        return self._process.around.signed

    def run(self, recipients: Sequence[str], headers: HeaderLines) -> None:
        """Deliver to *recipients* the message of *headers*, which the system filter may change. Never raises."""
        process = self._process
        process.ctx.headers = headers
        process.set(
            host_port="0", sending_port="-1", return_path=process.ctx.variables.get("sender_address", "")
        )
        clear_tls(process)
        routing = Recipients(process, self._routing, self._goes_nowhere)
        made: Sequence[Address] = ()
        if self._configuration["system_filter"]:
            from eximconf.deliver.system_filter import obey_system_filter  # which brings in filters

            filtered = obey_system_filter(process, routing.run, self._configuration, recipients)
            if filtered is None:
                return
            recipients, made, self._waits, self._frozen = (
                filtered.kept, filtered.made, filtered.waits, filtered.frozen,
            )  # fmt: skip
            self._failures += reversed(filtered.failed)
            for attempt in filtered.unsettled:
                self._defer(attempt)
        self._size = Size.of(headers.lines, process.around.body)
        self._lines = DeliveryLines(process, self._size)
        routed = routing.route(recipients, made)
        for settled in routed.settled:
            self._finish(settled.address, settled.outcome)
        for address in routed.local:
            self._local(address)
        self._all_remote(routed.remote)
        if self._fallback:
            self._all_remote([attempt.address for attempt in self._fallback])
        self._complete()

    # Addresses that no transport gets

    def _goes_nowhere(self, address: Address, decision: Decision) -> None:
        attempt = Attempt(address)
        if decision is Decision.FAIL:
            attempt.ends(Fate.FAILED, address.message or "")
            self._about(address, None)
            if not address.properties.ignore_errors:
                self._process.tell(self._main, "msg:fail:internal", attempt.message)
            clear_variables(self._process.ctx)
            self._process.set(router_name=None)
            self._fail(attempt)
        elif decision is Decision.DEFER:
            attempt.ends(Fate.DEFERRED, address.message or "", -32 if address.frozen else -1)
            self._defer(attempt)
        else:
            self._log(self._lines.blackholed(address))

    # Local ones

    def _local(self, address: Address) -> None:
        transport = address.transport
        name = transport.name if transport is not None else ""
        try:
            path = set_return_path(self._process, address, transport)
        except Outcome as failure:
            option = text_of(transport, "return_path") if transport is not None else ""
            why = f'Failed to expand return path "{option}" in {name} transport: {failure.message}'
            self._log(why, panic=True)
            self._finish(address, LocalOutcome(Fate.DEFERRED, why, EXPANSION_FAILED))
            return
        unfit = put_off(self._process, address, transport) if transport is not None else None
        recorded = None if unfit is not None else self._process.around.known.local(address.address, name)
        self._finish(address, unfit or recorded or _UNRECORDED, path)

    def _finish(self, address: Address, outcome: LocalOutcome, return_path: str | None = None) -> None:
        attempt = Attempt(address, return_path=return_path)
        attempt.ends(outcome.fate, outcome.message, outcome.errno)
        self._post(attempt, remote=False)
        clear_variables(self._process.ctx)

    # Remote ones

    def _all_remote(self, addresses: list[Address]) -> None:
        waiting: list[Attempt] = []
        for group in groups(self._process, addresses):
            self._process.about(group)  # before it is looked at what has become of the last one
            try:
                path = set_return_path(self._process, group[0], group[0].transport)
            except Outcome as failure:
                self._without_path(group, failure.message)
                continue
            self._post_remote(waiting)
            waiting = self._remote(group, path)
        self._post_remote(waiting)

    def _remote(self, group: list[Address], return_path: str) -> list[Attempt]:
        """Let the transport decide about *group*."""
        process, block = self._process, group[0].transport
        assert block is not None
        before = [self._before(address) for address in group]
        used = [attempt.used if attempt is not None else None for attempt in before]
        self._groups += 1
        attempts = [
            Attempt(address, used=one, group=self._groups, return_path=return_path)
            for address, one in zip(group, used, strict=True)
        ]
        sub = process.fork()
        SmtpTransport(sub, block, attempts, self._size).run()
        if process.since("4.99"):
            process.set(**{name: sub.ctx.variables.get(name) for name in _KEPT})
        return attempts

    def _without_path(self, group: list[Address], why: str) -> None:
        block = group[0].transport
        option = text_of(block, "return_path") if block is not None else ""
        message = f'Failed to expand return path "{option}": {why}'
        attempts = [Attempt(address, Fate.DEFERRED, message, NOT_SAID) for address in group]
        self._post_remote(attempts)

    def _post_remote(self, attempts: list[Attempt]) -> None:
        for attempt in attempts:
            if attempt.fate is not Fate.DEFERRED or not self._falls_back(attempt):
                self._post(attempt, remote=True)

    def _falls_back(self, attempt: Attempt) -> bool:
        """Whether there are other hosts for an address that is put off, which are tried when all else is done."""
        address = attempt.address
        if self._before(address) is not None or address.transport is None:
            return False
        text = address.fallback_hosts or text_of(address.transport, "fallback_hosts")
        try:
            hosts = named_hosts(self._process.ctx, text) if text else ()
        except Outcome:
            return False
        if hosts:
            address.hosts = hosts
            self._fallback.insert(0, attempt)
        return bool(hosts)

    def _before(self, address: Address) -> Attempt | None:
        """The attempt before this one, if there was one."""
        return next((attempt for attempt in self._fallback if attempt.address is address), None)

    # What becomes of them

    def _post(self, attempt: Attempt, remote: bool) -> None:
        match attempt.fate:
            case Fate.DELIVERED:
                self._log(self._lines.delivered(attempt))
                self._tell(attempt, "msg:delivery", attempt.confirmation, remote)
            case Fate.FAILED:
                if not attempt.address.properties.ignore_errors:
                    self._tell(attempt, "msg:fail:delivery", attempt.message if remote else "", remote)
                self._fail(attempt)
            case _:
                self._defer(attempt)

    def _tell(self, attempt: Attempt, event: str, data: str, remote: bool) -> None:
        """Tell of what a transport has come to for one address."""
        process, address, used = self._process, attempt.address, attempt.used
        kept = ("local_part", "domain", *(() if attempt.fate is Fate.DELIVERED else ("host",)))
        before = {name: process.ctx.variables.get(name) for name in kept}
        self._about(address, address.transport.name if address.transport is not None else None)
        if remote:
            self._set_host(used, attempt.fate)
        if used is not None and used.tls is not None and attempt.fate is Fate.DELIVERED:
            set_tls(process, used.tls)
        host, port = (used.host, used.port) if used is not None else (None, 0)
        with process.old_names(address, host, port, data):
            process.tell(
                self._action(address, event), event, untaint(data)
            )  # data come out of another process
        process.set(router_name=None, transport_name=None, **before)
        clear_tls(process)

    def _action(self, address: Address, event: str) -> Action:
        """What is expanded for an event of a transport. Before 4.85 a failure was one of the main section."""
        if address.transport is None or (event == "msg:fail:delivery" and not self._process.since("4.85")):
            return self._main
        return transport_action(address.transport)

    def _about(self, address: Address, transport: str | None) -> None:
        router = address.router.name if address.router is not None else None
        self._process.set(
            local_part=address.local_part, domain=address.domain or None,
            router_name=router, transport_name=transport,
        )  # fmt: skip

    def _set_host(self, used: Used | None, fate: Fate) -> None:
        """The host as events about an address have it. Seen on 4.96 to 4.100-dev: of one that has failed, only the name is
        that of the host which has refused it; the rest stays as it was."""
        self._process.set(host=used.host.name if used is not None else None)
        if fate is Fate.DELIVERED and used is not None:
            self._process.set(host_address=used.host.address, host_port=str(used.port))

    def _defer(self, attempt: Attempt) -> None:
        self._log(self._lines.deferred(attempt))
        self._put_off.append(attempt)

    def _fail(self, attempt: Attempt) -> None:
        """An address has failed. If there is nobody to tell, the message stays."""
        self._log(self._lines.failed(attempt))
        if attempt.address.properties.ignore_errors or not self._has_nobody_to_tell(attempt):
            self._failures.insert(0, attempt)
        else:
            self._frozen = "Frozen (delivery error message)"

    def _has_nobody_to_tell(self, attempt: Attempt) -> bool:
        return not self._process.around.sender and attempt.address.properties.errors_to is None

    def _complete(self) -> None:
        """The end, for now."""
        over = [one for one in self._put_off if not may_retry(self._process, self._configuration, one)]
        for attempt in reversed(over):
            self._log(self._lines.timed_out(attempt.address))
            self._put_off.remove(attempt)
        self._report(over)
        if self._frozen:
            self._log(self._frozen)
        elif any(attempt.address.frozen for attempt in self._put_off):
            self._log("Frozen")
        elif not self._put_off and not self._waits:
            time = " QT=0s" if self._process.shows("queue_time_overall") else ""
            self._log(f"Completed{time}")
            self._process.tell(self._main, "msg:complete")

    def _report(self, over: list[Attempt]) -> None:
        """Tell somebody of the failures, or nobody: not of one that comes with the time where the message has no sender."""
        told: set[str | None] = set()
        for attempt in (*_in_order(over), *self._failures):
            late, errors_to = attempt in over, attempt.address.properties.errors_to
            if errors_to in told:  # all failures of which the same one hears go with the first
                continue
            if attempt.address.properties.ignore_errors or (late and self._has_nobody_to_tell(attempt)):
                parts = (attempt.message, "retry timeout exceeded" if late else "")
                self._ignore(attempt, ": ".join(part for part in parts if part))
            else:
                told.add(errors_to)
                self._process.set(return_path=self._process.around.sender)

    def _ignore(self, attempt: Attempt, data: str) -> None:
        event = "msg:fail:internal" if attempt.address.transport is None else "msg:fail:delivery"
        self._tell(attempt, event, data, remote=True)
        self._log(f"{self._lines.with_parent(attempt.address)}: error ignored")

    def _log(self, text: str, panic: bool = False) -> None:
        self._process.log(text, panic)


def _in_order(attempts: list[Attempt]) -> list[Attempt]:
    """What routers have put off, and then delivery by delivery; what was put off with others is there from its end."""
    numbered = list(enumerate(attempts))
    numbered.sort(key=lambda pair: (pair[1].group, -pair[0] if pair[1].for_all else pair[0]))
    return [attempt for _, attempt in numbered]
