"""Who is told of failures, as hosts and mailboxes learn it: the return path of a delivery. Spec: 24 ``return_path``."""

from __future__ import annotations

from eximconf.config.model import DriverBlock
from eximconf.deliver.process import Process
from eximconf.expand.dynamic import expand_string
from eximconf.route.address import Address
from eximconf.route.router import text_of
from eximconf.runtime.outcome import ForcedFailure
from eximconf.runtime.value import Tainted


def set_return_path(process: Process, address: Address, transport: DriverBlock | None) -> str:
    """Set ``$return_path`` for a delivery to *address*: what routers say, or what *transport* makes of that; gives it.
    Raises `Outcome`."""
    path = address.properties.return_path(Tainted(process.around.sender))
    process.set(return_path=path)
    option = text_of(transport, "return_path") if transport is not None else None
    if not option:
        return path
    try:
        path = expand_string(option, process.ctx)
    except ForcedFailure:
        return path
    process.set(return_path=path)
    return path
