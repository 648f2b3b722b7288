"""What a block of each sort may set, by its driver: generic options, then those of the driver."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from eximconf.catalog.authenticator_options import authenticator_options
from eximconf.catalog.model import Option
from eximconf.catalog.router_options import router_options
from eximconf.catalog.transport_options import transport_options

OPTIONS_OF: Mapping[str, Callable[[str], dict[str, Option]]] = {
    "router": router_options,
    "transport": transport_options,
    "authenticator": authenticator_options,
}
"""By the sort of the block, a function from the driver's name to all options by name."""
