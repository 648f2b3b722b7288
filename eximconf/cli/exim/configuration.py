"""Starting as Exim starts: the configuration is found, read and linked, or the start fails in its words."""

from __future__ import annotations

import os
from collections.abc import Callable

from eximconf.catalog.model import printed_version
from eximconf.cli.exim.invocation import Invocation
from eximconf.cli.exim.print_options import start_failure
from eximconf.cli.exim.surroundings import Surroundings
from eximconf.config.accounts import SystemAccounts
from eximconf.config.link import Settled
from eximconf.config.load import load
from eximconf.config.model import Configuration
from eximconf.config.quantities import Refused
from eximconf.config.values import Surroundings as ValueSurroundings
from eximconf.expand.dynamic import expand_string
from eximconf.runtime import calendar
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.services import Services

_LISTS_MAX = 32


class NotStarted(Exception):
    """Exim would not start; *text* is what it writes to standard error."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _expander(services: Services, invocation: Invocation) -> Callable[[str], str | None]:
    """Expands what Exim expands while it starts."""

    def expanded(text: str) -> str | None:
        try:
            return expand_string(text, Context(services=services, target=invocation.target))
        except Outcome as outcome:
            raise Refused(outcome.message) from None

    return expanded


def start(invocation: Invocation, surroundings: Surroundings) -> Configuration:
    """The configuration that the command line names. Raises `NotStarted`."""
    services = surroundings.services()
    now = calendar.log_date(calendar.local_time(Context(services=services), calendar.now(Context(services=services))))
    names = invocation.files or surroundings.files
    path = next((name for name in names.split(":") if os.path.exists(name.encode("latin-1"))), None)
    if path is None:
        raise NotStarted(f"{now} non-existent configuration file(s): {names}\n")
    settled = Settled(
        target=invocation.target, surroundings=ValueSurroundings(SystemAccounts(), _expander(services, invocation)),
        hostname=services.hostname, list_max=_LISTS_MAX, built_in={"exim_version": printed_version(invocation.target), **surroundings.built_in},
    )  # fmt: skip
    try:
        configuration = load(path, settled, invocation.define)
    except OSError as error:
        raise NotStarted(f"{now} failed to open configuration file {path}: {error.strerror}\n") from None
    if configuration.stop is not None:
        verbose = invocation.mode == "bP" or invocation.verbose or invocation.debug is not None
        raise NotStarted(start_failure(configuration.stop, now, verbose=verbose))
    return configuration
