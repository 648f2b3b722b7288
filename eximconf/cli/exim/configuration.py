"""Starting as Exim starts: the configuration is found, read and linked, or the start fails in its words."""

from __future__ import annotations

import os

from eximconf.cli.exim.invocation import Invocation
from eximconf.cli.exim.print_options import start_failure
from eximconf.cli.exim.surroundings import Surroundings
from eximconf.config.accounts import SystemAccounts
from eximconf.config.link import Settled
from eximconf.config.load import load
from eximconf.config.model import Configuration
from eximconf.config.values import Surroundings as ValueSurroundings
from eximconf.runtime import calendar
from eximconf.runtime.context import Context

_LISTS_MAX = 32


class NotStarted(Exception):
    """Exim would not start; *text* is what it writes to standard error."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def start(invocation: Invocation, surroundings: Surroundings) -> Configuration:
    """The configuration that the command line names. Raises `NotStarted`."""
    services = surroundings.services()
    now = calendar.log_date(calendar.local_time(Context(services=services), calendar.now(Context(services=services))))
    names = invocation.files or surroundings.files
    path = next((name for name in names.split(":") if os.path.exists(name.encode("latin-1"))), None)
    if path is None:
        raise NotStarted(f"{now} non-existent configuration file(s): {names}\n")
    settled = Settled(
        target=invocation.target, surroundings=ValueSurroundings(accounts=SystemAccounts()),
        hostname=services.hostname, list_max=_LISTS_MAX, built_in=surroundings.built_in,
    )  # fmt: skip
    try:
        configuration = load(path, settled, invocation.define)
    except OSError as error:
        raise NotStarted(f"{now} failed to open configuration file {path}: {error.strerror}\n") from None
    if configuration.stop is not None:
        verbose = invocation.mode == "bP" or invocation.verbose or invocation.debug is not None
        raise NotStarted(start_failure(configuration.stop, now, verbose=verbose))
    return configuration
