"""Router, transport and authenticator blocks that Exim refuses at start."""

from __future__ import annotations

import re

from eximconf.catalog.drivers import DRIVERS
from eximconf.config.model import StartError
from eximconf.lint.proof import Start
from eximconf.lint.rule import Finding
from eximconf.lint.rules.start import StartRule, narrowed, plain, value_place
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint, lifetime_notes
from eximconf.source.diagnostic import Severity


class UnknownDriver(StartRule):
    """A driver that Exim does not have.

    Exim does not start.
    """

    code = "EX140"
    name = "unknown-driver"
    message = r"cannot find .* driver"
    bad = ("begin routers\nr:\n  driver = ‹acept›\n",)
    good = ("begin routers\nr:\n  driver = accept\n  verify_only\n",)
    proofs = (Start(bad_shows=('cannot find router driver "acept"',)),)

    def found(self, error: StartError, run: Run) -> Finding:
        match = re.search(r'cannot find (\w+) driver "(.*?)"', error.message)
        if match is None:
            return Finding(plain(error.message), error.location)
        drivers = DRIVERS.get("authenticator" if match[1] == "auth" else match[1], {})
        entry = drivers.get(match[2])
        if entry is not None:
            return Finding(plain(error.message), error.location, lifetime_notes(entry))
        notes, near = hint(match[2], run.names(drivers))
        return Finding(plain(error.message), narrowed(error, match[2]), notes, replacement=near)


class DuplicateDriver(StartRule):
    """Two routers, transports or authenticators have the same name.

    Exim does not start.
    """

    code = "EX141"
    name = "duplicate-driver"
    message = r"there are two .* called|two (server|client) authenticators"
    bad = ("begin transports\na:\n  driver = smtp\n‹a›:\n  driver = smtp\n",)
    good = ("begin transports\na:\n  driver = smtp\nb:\n  driver = smtp\n",)
    proofs = (Start(bad_shows=('there are two transports called "a"',)),)


class MissingDriver(StartRule):
    """A block without a `driver`, or whose first line sets something else that needs it.

    Exim does not start.
    """

    code = "EX142"
    name = "missing-driver"
    message = r"no driver defined for|name missing|^(router|transport|authenticator) \S+: "
    bad = ("begin transports\n‹a›:\n  debug_print = x\n",)
    good = ("begin transports\na:\n  driver = smtp\n",)
    proofs = (Start(bad_shows=('no driver defined for transport "a"',)),)


class UndefinedRouter(StartRule):
    """A router that another one names, and that does not exist or stands before it.

    Exim does not start: `pass_router` and its kin only lead onwards.
    """

    code = "EX403"
    name = "undefined-router"
    message = r"new_router .* (not found|does not follow)"
    bad = ("begin routers\nr:\n  driver = accept\n  verify_only\n  ‹pass_router› = s\n",)
    good = (
        "begin routers\nr:\n  driver = accept\n  verify_only\n  pass_router = s\ns:\n  driver = accept\n"
        "  verify_only\n",
    )
    proofs = (Start(bad_shows=('new_router "s" not found for "r" router',)),)

    def found(self, error: StartError, run: Run) -> Finding:
        match = re.search(r'new_router "(.*?)"', error.message)
        name = match[1] if match else ""
        notes, near = hint(name, [block.name for block in run.configuration.routers])
        place = value_place(error)
        written = place.file.text[place.start : place.end] if place is not None else ""
        new = near if written == name else None
        return Finding(plain(error.message), error.location, notes, replacement=new, fix_place=place)


class BadDriverOptions(StartRule):
    """Options of a block that contradict one another, or one that is missing.

    Exim does not start.
    """

    code = "EX143"
    name = "bad-driver-options"
    message = r"(router|transport|authenticator)"
    bad = ("begin routers\n‹r›:\n  driver = accept\n",)
    good = ("begin routers\nr:\n  driver = accept\n  verify_only\n",)
    proofs = (Start(bad_shows=("a transport is required for this router",)),)


class RefusedAtStart(StartRule):
    """Anything else for which Exim does not start; the message is Exim's own."""

    code = "EX100"
    name = "refused-at-start"
    severity = Severity.ERROR
    bad = ("‹localhost_number› = many\n",)
    good = ("localhost_number = 1\n",)
    proofs = (Start(bad_shows=("localhost_number value is not a number: many",)),)
