"""``exim -bV``: which Exim this stands for. Spec: 5.2 "-bV"."""

from __future__ import annotations

from collections.abc import Mapping

from eximconf import __version__
from eximconf.catalog.drivers import AUTHENTICATORS, ROUTERS, TRANSPORTS
from eximconf.catalog.lookup_types import LOOKUP_TYPES
from eximconf.catalog.model import Entry, printed_version


def version_text(target: str) -> str:
    """The version, and what is in it; printed before the configuration is read."""

    def known(entries: Mapping[str, Entry]) -> str:
        return " ".join(sorted(name for name, entry in entries.items() if entry.known_in(target)))

    return (
        f"Exim version {printed_version(target)} (eximconf {__version__}: nothing is sent or received)\n"
        f"Lookups (built-in): {known(LOOKUP_TYPES)}\n"
        f"Authenticators (built-in): {known(AUTHENTICATORS)}\n"
        f"Routers (built-in): {known(ROUTERS)}\n"
        f"Transports (built-in): {known(TRANSPORTS)}\n"
    )
