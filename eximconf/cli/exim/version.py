"""``exim -bV``: which Exim this stands for, and that the configuration was read. Spec: 5.2 "-bV"."""

from __future__ import annotations

from eximconf.cli.exim import write
from eximconf.config.model import Configuration


def print_version(configuration: Configuration) -> int:
    """Print the version, what is in it, and the file that was read."""
    from eximconf import __version__
    from eximconf.catalog.drivers import AUTHENTICATORS, ROUTERS, TRANSPORTS
    from eximconf.catalog.lookup_types import LOOKUP_TYPES
    from eximconf.catalog.model import Entry, printed_version

    def known(entries: dict[str, Entry]) -> str:
        return " ".join(sorted(name for name, entry in entries.items() if entry.known_in(configuration.target)))

    write(
        f"Exim version {printed_version(configuration.target)} (eximconf {__version__}: nothing is sent or received)\n"
        f"Lookups (built-in): {known({**LOOKUP_TYPES})}\n"
        f"Authenticators (built-in): {known({**AUTHENTICATORS})}\n"
        f"Routers (built-in): {known({**ROUTERS})}\n"
        f"Transports (built-in): {known({**TRANSPORTS})}\n"
        f"Configuration file is {configuration.file}\n"
    )
    return 0
