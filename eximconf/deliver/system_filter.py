"""What the system filter makes of a message before its recipients are routed. Spec: 45 "System-wide filtering"."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.config.model import Configuration
from eximconf.deliver.process import Process
from eximconf.match.verdict import Died
from eximconf.route.address import Address
from eximconf.route.filter.system import Recipients, SystemFiltered, run_system_filter
from eximconf.route.visit import RouteRun
from eximconf.runtime.value import Tainted

NOTHING_SAID = SystemFiltered(Recipients.KEPT)
_OF_FILTER = ("recipients", "recipients_list")


def obey_system_filter(
    process: Process, run: RouteRun, configuration: Configuration, recipients: Sequence[str]
) -> SystemFiltered:
    """Run the filter that the main options name, if they do. Header lines change in the context of *process*. Never raises."""
    if not configuration["system_filter"]:
        return NOTHING_SAID
    joined = Tainted(", ".join(recipients))
    process.set(recipients=joined, recipients_list=Tainted(":".join(recipients)))
    try:
        return run_system_filter(run, configuration)
    except Died as death:
        process.log(death.message, panic=True)
        return SystemFiltered(Recipients.DEFERRED, broken=True)
    finally:
        process.set(**dict.fromkeys(_OF_FILTER))


def unsettled(address: Address) -> bool:
    """Whether a filter has made something for which there is no transport."""
    return address.message is not None and address.transport is None
