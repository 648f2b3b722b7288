"""The options that the commands share which check configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eximconf.cli.arguments import Usage

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

SEVERITIES = ("info", "warning", "error")


def add_sources(made: ArgumentParser) -> None:
    """What is checked, and with which settings."""
    add = made.add_argument
    add(
        "files",
        metavar="FILE|DIR",
        nargs="*",
        help="a configuration, a directory of one, or - for standard input",
    )
    add(
        "-D",
        metavar="NAME[=VALUE]",
        dest="define",
        action="append",
        default=[],
        help="define a macro, as exim -D does",
    )
    add("--config-file", metavar="FILE", help="the settings to use, instead of exim-conf.toml")
    add("--no-config", action="store_true", help="use no exim-conf.toml")


def add_reporting(made: ArgumentParser) -> None:
    """What is reported, and how."""
    from eximconf.report import FORMATS

    add = made.add_argument
    add("--format", choices=FORMATS, default="text", help="how to report (default: text)")
    add(
        "--select",
        metavar="RULES",
        action="append",
        default=[],
        help="only these: codes, prefixes of codes, names",
    )
    add("--ignore", metavar="RULES", action="append", default=[], help="not these")
    add("--severity", choices=SEVERITIES, default="info", help="report nothing less bad (default: info)")
    add("--fail-on", choices=(*SEVERITIES, "never"), help="what makes the exit status 1 (default: warning)")
    add("--statistics", action="store_true", help="only count the findings of each rule")
    add(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colours (default: on a terminal)",
    )


def add_fixing(made: ArgumentParser) -> None:
    """What is done about findings."""
    add = made.add_argument
    add(
        "--fix",
        action="store_true",
        help="make the fixes that cannot change what a right configuration does",
    )
    add("--unsafe-fixes", action="store_true", help="with --fix or --diff: also those to be looked at")
    add("--diff", action="store_true", help="print what --fix would change, and change nothing")


def refuse_clashes(arguments: Namespace, *more: str) -> None:
    """Raise `Usage` for options that do not go together: those about fixes and *more*, of which one can be given."""
    names = ("fix", "diff", *more)
    asked = [f"--{name.replace('_', '-')}" for name in names if getattr(arguments, name)]
    if len(asked) > 1:
        raise Usage(f"{asked[0]} and {asked[1]} do not go together")
    if arguments.unsafe_fixes and not (arguments.fix or arguments.diff):
        raise Usage("--unsafe-fixes goes with --fix or --diff")
    if arguments.no_config and arguments.config_file:
        raise Usage("--config-file and --no-config do not go together")
