"""``exim-conf upgrade``: what a configuration is touched by between two versions of Exim."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eximconf.cli.arguments import Usage, guarded, version
from eximconf.cli.check_options import add_fixing, add_reporting, add_sources, refuse_clashes

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from eximconf.lint.checking import Options
    from eximconf.lint.upgrading.wording import Way
    from eximconf.source.diagnostic import Diagnostic
    from eximconf.source.text import SourceFile, SourceText
    from eximconf.syntax.preprocess import Reader

_DESCRIPTION = """\
Say what changes for a configuration when Exim goes from one version to another: what stops working,
what comes to mean something else, what has another default or is frowned upon. Only what the
configuration is touched by is told. It works the other way round, too, before one goes back."""
_EPILOG = """\
examples:
  exim-conf upgrade --from 4.92 --to 4.98 exim.conf
  exim-conf upgrade --from 4.94 /etc/exim4      to the newest version; Debian's split configuration
  exim-conf upgrade --from 4.98 --to 4.92 exim.conf
  exim-conf upgrade --from 4.92 --severity warning exim.conf
  exim-conf upgrade --from 4.92 --all exim.conf also what nothing here is touched by, and what is new
  exim-conf upgrade --from 4.92 --diff exim.conf

What it finds: UP100 no longer works, UP200 changed meaning, UP300 changed default, UP400 deprecated,
UP500 newly possible (with --all), and the findings of exim-conf check that come with the other version.
A finding is taken back by a comment on the line before it:
  # exim-conf: ignore[UP200] we do not read message ids

Exit status: 0 nothing found but information, 1 errors or warnings (see --fail-on) or, with --diff,
something to change, 2 wrong usage or an unreadable file."""


def run(argv: Sequence[str]) -> int:
    """Run the command with *argv* (without its own name). The exit status is 0, 1 or 2."""
    return guarded("upgrade", lambda: _run(parser().parse_args(list(argv))))


def parser() -> ArgumentParser:
    """The command's options."""
    from argparse import ArgumentParser

    from eximconf.cli.arguments import help_formatter

    made = ArgumentParser(
        "exim-conf upgrade", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False,
        formatter_class=help_formatter,
    )  # fmt: skip
    add = made.add_argument
    add("--from", metavar="VERSION", dest="start", default="", help="the version that runs now (default: target in exim-conf.toml)")
    add("--to", metavar="VERSION", dest="end", default="", help="the version to go to (default: the newest)")
    add("--all", action="store_true", dest="everything", help="also what nothing here is touched by, and what is new")
    add_sources(made)
    add_reporting(made)
    add_fixing(made)
    return made


def _run(arguments: Namespace) -> int:
    from eximconf.cli.checking import Checking
    from eximconf.lint.upgrading.comparing import touched
    from eximconf.lint.upgrading.rules import change_rules

    refuse_clashes(arguments)
    arguments.target, arguments.baseline, arguments.write_baseline = arguments.end, None, False

    way = _way(arguments)

    def checked(source: SourceFile | SourceText, reader: Reader, options: Options, name: str) -> list[Diagnostic]:
        return touched(source, reader, way, options, name)

    return Checking(arguments, checked, change_rules(way), baselines=False).run()


def _way(arguments: Namespace) -> Way:
    from eximconf.lint.upgrading.wording import Way

    start = arguments.start or _target(arguments)
    if not start:
        raise Usage("--from says which version runs now")
    way = Way(version(start), version(arguments.end), arguments.everything)
    if way.start == way.end:
        raise Usage(f"from {way.start} to {way.end} nothing changes")
    return way


def _target(arguments: Namespace) -> str:
    """The version that the settings of the first file name; "" if they name none."""
    from eximconf.cli.settings.finding import Finder
    from eximconf.lint.extensions import installed_rules

    first = arguments.files[0] if arguments.files else "."
    folder = first if os.path.isdir(first) else os.path.dirname(first)
    finder = Finder(installed_rules(), arguments.config_file or "", none=arguments.no_config)
    return finder.of_folder(folder or ".").target
