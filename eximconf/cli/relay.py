"""``exim-conf relay``: whether strangers can send mail elsewhere through the configuration."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eximconf.cli.arguments import guarded, help_formatter, macros, octets, write_out

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from eximconf.replay.relays import Relay

_EPILOG = """\
examples:
  exim-conf relay exim.conf
  exim-conf relay exim.conf --write open.smtp || exim-conf test -C exim.conf open.smtp

Made-up strangers give the ACLs made-up senders and recipients in foreign domains, in all the ways in which mail has
been relayed: source routes, percent signs, address literals, forged local senders. A recipient that is taken, and that
the routers would send to a host for a foreign domain, is shown as a session that can be played again.

Exit status: 0 no relay found; 1 one is; 2 wrong usage or an unreadable file."""


def run(argv: Sequence[str]) -> int:
    """Run the command with *argv* (without its own name). The exit status is 0, 1 or 2."""
    return guarded("relay", lambda: _run(parser().parse_args(list(argv))))


def parser() -> ArgumentParser:
    """The command's options."""
    from argparse import ArgumentParser

    made = ArgumentParser(
        "exim-conf relay", epilog=_EPILOG, formatter_class=help_formatter,
        description="Look for an address and a client that no statement of the ACLs stops from relaying.",
    )  # fmt: skip
    add = made.add_argument
    add("file", metavar="FILE", help="the configuration")
    add("-D", dest="define", metavar="NAME[=VALUE]", action="append", default=[], help="define a macro")
    add("--live", action="store_true", help="ask the DNS, files and databases of this machine")
    add(
        "--write",
        metavar="FILE.smtp",
        default="",
        help="write the first session there instead of printing all",
    )
    return made


def _run(options: Namespace) -> int:
    from eximconf.api import live_services
    from eximconf.cli.arguments import Usage
    from eximconf.replay.configurations import Configurations
    from eximconf.replay.relays import Search
    from eximconf.replay.world.world import Live

    path = octets(options.file)
    configurations = Configurations(path, macros(options.define))
    try:
        stop = configurations.find(path, {}).stop
    except OSError as error:
        raise Usage(f"{options.file}: {error.strerror}") from None
    if stop is not None:
        print(f"{stop.location or options.file}: {' '.join(stop.message.split())}", file=sys.stderr)
        return 1
    search = Search(configurations, path, Live(live_services()) if options.live else None)
    relays = list(search.relays())
    for relay in relays:
        print(_told(relay), file=sys.stderr)
    _summary(search.tried, list(search.undecided), len(relays))
    if relays and options.write:
        with open(options.write, "w", encoding="latin-1") as file:
            file.write(relays[0].session)
    elif relays:
        write_out("\n".join(relay.session for relay in relays))
    return int(bool(relays))


def _told(relay: Relay) -> str:
    one, goes = relay.attempt, relay.goes
    host = f", host {goes.hosts[0].name}" if goes.hosts else ""
    return (
        f"open relay: {one.client} as {one.helo} from <{one.sender}> to <{one.recipient}>: {relay.decision}; "
        f"{goes.address} goes out by router {goes.router}, transport {goes.transport}{host}"
    )


def _summary(tried: int, undecided: Sequence[str], found: int) -> None:
    ways = (
        "none went through" if not found else "one way through" if found == 1 else f"{found} ways through"
    )
    print(f"{tried} attempts, {ways}", file=sys.stderr)
    for message in undecided[:5]:
        print(f"counted as not there: {message}", file=sys.stderr)
    if len(undecided) > 5:
        print(f"… and {len(undecided) - 5} more; --live asks for them", file=sys.stderr)
