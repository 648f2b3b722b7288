"""What the system filter makes of a message before its recipients are routed. Spec: 45 "System-wide filtering"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eximconf.config.model import Configuration
from eximconf.deliver.attempt import Attempt
from eximconf.deliver.errors import NOT_SAID
from eximconf.deliver.event_action import main_action
from eximconf.deliver.facts import Fate
from eximconf.deliver.process import Process
from eximconf.match.verdict import Died
from eximconf.route.address import Address
from eximconf.route.filter.system import Recipients, SystemFiltered, run_system_filter
from eximconf.route.variables import variables_restored
from eximconf.route.visit import RouteRun
from eximconf.runtime.value import Tainted

_OF_FILTER = ("recipients", "recipients_list")


@dataclass(frozen=True, slots=True)
class Filtered:
    """What is left to do.

    *kept*: the recipients to route, *made*: the addresses before them. *unsettled*: deliveries for which there is no
    transport; *failed*: recipients of whose failure the sender hears. *waits*: the recipients do; *frozen*: the line that
    says why the message is, "" if it is not.
    """

    kept: Sequence[str]
    made: Sequence[Address]
    unsettled: Sequence[Attempt] = ()
    failed: Sequence[Attempt] = ()
    waits: bool = False
    frozen: str = ""


def obey_system_filter(
    process: Process, run: RouteRun, configuration: Configuration, recipients: Sequence[str]
) -> Filtered | None:
    """Run the filter that the main options name; None if nothing can be delivered because of it. Header lines change in the
    context of *process*. Never raises."""
    process.set(recipients=Tainted(", ".join(recipients)), recipients_list=Tainted(":".join(recipients)))
    try:
        found = run_system_filter(run, configuration)
    except Died as death:
        process.log(death.message, panic=True)
        return None
    finally:
        process.set(**dict.fromkeys(_OF_FILTER), return_path=process.around.sender)
    if found.broken:
        return None
    keeps = found.recipients is Recipients.KEPT
    unsettled = [address for address in found.made if address.message is not None]
    return Filtered(
        recipients if keeps else (),
        [address for address in reversed(found.made) if address.message is None],
        [_without_transport(address) for address in reversed(unsettled)],
        _failed(process, found, recipients),
        found.recipients is Recipients.DEFERRED,
        found.frozen or "",
    )


def _without_transport(address: Address) -> Attempt:
    address.local_part = address.address
    return Attempt(address, Fate.DEFERRED, address.message or "", NOT_SAID)


def _failed(process: Process, found: SystemFiltered, recipients: Sequence[str]) -> list[Attempt]:
    """The recipients that fail. An event tells of them, and of those that wait as well."""
    if found.recipients in (Recipients.KEPT, Recipients.IGNORED):
        return []
    fails = found.recipients is Recipients.FAILED
    message = (found.message or "delivery cancelled") if fails else ""
    attempts = [Attempt(Address(Tainted(recipient)), Fate.FAILED, message) for recipient in recipients]
    action = main_action(process.ctx.settings)
    for attempt in attempts:
        local_part, _, domain = attempt.address.address.rpartition("@")
        with variables_restored(process.ctx):
            process.set(local_part=Tainted(local_part), domain=Tainted(domain))
            process.tell(action, "msg:fail:internal", message)
    return attempts if fails and process.around.sender else []
