"""Floor 8: the command line: arguments in, the library called, a report out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple


class Command(NamedTuple):
    """A subcommand: the module whose ``run(argv)`` does it, and a line about it."""

    module: str
    summary: str


COMMANDS = {
    "check": Command("check", "find what Exim refuses, and what it would only find when mail comes"),
    "upgrade": Command("upgrade", "say what changes for a configuration between two versions of Exim"),
    "expand": Command("expand", "expand strings as Exim does"),
    "test": Command("test", "play recorded SMTP sessions through the ACLs, and say why"),
    "route": Command("route", "show where addresses go, router by router"),
    "relay": Command("relay", "look for a way in which strangers can relay mail"),
    "show": Command("show", "show what a configuration settles, and where"),
    "explain": Command("explain", "explain an option, a variable, an operator … of Exim"),
    "exim": Command("exim", "answer as exim itself: -be, -bP, -bV …"),
    "completion": Command("completion", "print a completion script for a shell"),
}

_HEAD = """\
usage: exim-conf COMMAND [ARGUMENT…]
       exim-conf COMMAND --help

Read an Exim configuration as Exim does, with no mail server running.

commands:
"""
_EXAMPLES = """
examples:
  exim-conf check /etc/exim4/exim4.conf.template
  exim-conf upgrade --from 4.92 /etc/exim4
  exim-conf expand '${lc:HELLO} ${eval:6*7}'
  exim-conf explain ratelimit
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line (without the program's name; None: the process's own). The exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_usage(), end="")
        return 0 if arguments else 2
    name, *rest = arguments
    if name in ("-V", "--version"):
        from eximconf import __version__

        print(f"exim-conf {__version__}")
        return 0
    if name not in COMMANDS:
        print(_unknown(name), file=sys.stderr)
        return 2
    return _guarded(_function(COMMANDS[name]), rest)


def _function(command: Command) -> Callable[[Sequence[str]], int]:
    run: Callable[[Sequence[str]], int] = import_module(f"eximconf.cli.{command.module}").run
    return run


def _guarded(run: Callable[[Sequence[str]], int], argv: Sequence[str]) -> int:
    """Run a command; a reader that goes away, or Ctrl-C, is no fault of the program."""
    import os

    try:
        status = run(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _usage() -> str:
    lines = [f"  {name:12}{command.summary}\n" for name, command in COMMANDS.items()]
    return _HEAD + "".join(lines) + _EXAMPLES


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f'exim-conf: no command is called "{name}"{hint} (exim-conf --help lists them)'
