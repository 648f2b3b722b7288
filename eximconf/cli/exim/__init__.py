"""``exim-conf exim``: answers as ``exim`` itself does, with its options, its words and its exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eximconf.cli.exim.invocation import Invocation, NoInvocation, read
from eximconf.cli.exim.surroundings import Surroundings

if TYPE_CHECKING:
    from eximconf.config.model import Configuration

_HELP = """\
usage: exim-conf exim [-C FILE] [-DNAME=VALUE] MODE [ARGUMENT…]

Answer as exim itself does, with its options, output and exit status.

modes:
  -be [STRING…]         expand strings, or the lines of standard input
  -bem FILE [STRING…]   the same with the message in FILE
  -bP [NAME…]           print options, lists, drivers, macros
  -bh ADDRESS           an SMTP session on standard input, as if from that host; -bhc with callouts
  -bs, -bS              an SMTP session on standard input, batched with -bS
  -bt [ADDRESS…]        show where addresses go; -bv: whether recipients are good, -bvs: senders
  -bf FILE              what a filter does with the message on standard input; -bF: a system filter;
                        -bfd, -bfl, -bfp, -bfs: domain, local part, prefix and suffix of the recipient
  -brw ADDRESS          rewrite an address; -brt ADDRESS: the retry rule for it
  -bV                   read the configuration and stop

examples:
  exim-conf exim -be '${lc:HELLO}'
  exim-conf exim -C exim.conf -bP transports
"""
_USAGE = """\
Exim is a Mail Transfer Agent. It is normally called by Mail User Agents,
not directly from a shell command line. Options and/or arguments control
what it does when called. For a list of options, see the Exim documentation.
"""


def run(argv: Sequence[str], surroundings: Surroundings | None = None) -> int:
    """Run ``exim`` with *argv* (without its own name). The exit status is Exim's."""
    if list(argv) in (["--help"], ["-h"]):
        print(_HELP, end="")
        return 0
    try:
        invocation = read([octets(word) for word in argv])
    except NoInvocation as refused:
        complain(f"{refused}\n")
        return 1
    return _serve(invocation, surroundings or Surroundings())


def octets(argument: str) -> str:
    """An argument of the command line as octets, latin-1 decoded."""
    return os.fsencode(argument).decode("latin-1")


def write(text: str) -> None:
    """Latin-1 decoded octets to standard output, as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("latin-1", "replace"))
    sys.stdout.buffer.flush()


def write_later(text: str) -> None:
    """The same; it is seen when something else is written, or at the end."""
    sys.stdout.buffer.write(text.encode("latin-1", "replace"))


def complain(text: str) -> None:
    """The same to standard error."""
    sys.stdout.flush()
    sys.stderr.flush()
    sys.stderr.buffer.write(text.encode("latin-1", "replace"))
    sys.stderr.buffer.flush()


def _serve(invocation: Invocation, surroundings: Surroundings) -> int:
    if not invocation.mode and not invocation.rest:
        complain(_USAGE)
        return 1
    if invocation.mode == "bV":
        from eximconf.cli.exim.version import version_text

        write(version_text(invocation.target))
    from eximconf.cli.exim.configuration import NotStarted, start

    try:
        configuration = start(invocation, surroundings)
    except NotStarted as failure:
        complain(failure.text)
        return 1
    return _mode(invocation, surroundings, configuration)


def _mode(invocation: Invocation, surroundings: Surroundings, configuration: Configuration) -> int:
    match invocation.mode:
        case "be" | "bem":
            from eximconf.cli.exim.expansion_test import expand_all

            return expand_all(invocation, surroundings, configuration)
        case "bh" | "bhc" | "bs" | "bS":
            from eximconf.cli.exim.session_face import serve_session

            return serve_session(invocation, surroundings, configuration)
        case "bt" | "bv" | "bvs":
            from eximconf.cli.exim.route_face import route_all

            return route_all(invocation, surroundings, configuration)
        case "bf" | "bF":
            from eximconf.cli.exim.filter_face import test_filters

            return test_filters(invocation, surroundings, configuration)
        case "brw" | "brt":
            from eximconf.cli.exim.rule_tests import test_rules

            return test_rules(invocation, surroundings, configuration)
        case "bP":
            from eximconf.cli.exim.print_options import print_all

            return print_all(invocation, configuration)
        case "bV":
            write(f"Configuration file is {configuration.file}\n")
            return 0
        case mode:
            complain(f"exim-conf exim: -{mode} is not available here\n" if mode else "exim-conf exim: no mode given\n")
            return 1
