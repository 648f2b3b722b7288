"""``exim-conf check``: what Exim would refuse at start, and what it would only find when mail comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eximconf.cli.arguments import Usage, guarded, write_out
from eximconf.cli.check_options import add_fixing, add_reporting, add_sources, refuse_clashes
from eximconf.cli.watching import state_of, watch

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from eximconf.cli.checking import Checking
    from eximconf.cli.watching import State

_DESCRIPTION = """\
Check configurations of Exim without running it: everything that Exim refuses at start, and what it
finds out only when mail comes."""
_EPILOG = """\
examples:
  exim-conf check /etc/exim4/exim4.conf.template
  exim-conf check /etc/exim4                    Debian's split configuration
  exim-conf check --target 4.96 exim.conf       as that version would read it
  exim-conf check --format github *.conf        annotations in a workflow
  exim-conf check --explain EX301               what a rule means
  exim-conf check --diff exim.conf              what --fix would change
  exim-conf check --fix exim.conf               make the fixes that cannot do harm
  exim-conf check --write-baseline exim.conf    from now on report what is new only
  exim-conf check --watch exim.conf             again whenever a file changes
  exim-conf check --live exim.conf              keys, their records, and who can read passwords, too

A finding is taken back by a comment on the line before it:
  # exim-conf: ignore[EX301] this ACL is never reached then

Settings are read from exim-conf.toml in the configuration's folder or above it; docs/check.md
describes them.

Exit status: 0 nothing found but information, 1 errors or warnings (see --fail-on) or, with --diff,
something to change, 2 wrong usage or an unreadable file."""


def run(argv: Sequence[str]) -> int:
    """Run the command with *argv* (without its own name). The exit status is 0, 1 or 2."""
    return guarded("check", lambda: _run(parser().parse_args(list(argv))))


def _run(arguments: Namespace) -> int:
    if arguments.list_rules:
        return _list_rules()
    if arguments.explain:
        return _explain(arguments.explain)
    refuse_clashes(arguments, "write_baseline", "watch")
    if arguments.watch and "-" in arguments.files:
        raise Usage("standard input cannot be watched")
    if not arguments.watch:
        return _checking(arguments).run()
    return watch(lambda: _watched(arguments))


def parser() -> ArgumentParser:
    """The command's options."""
    from argparse import ArgumentParser

    from eximconf.cli.arguments import help_formatter

    made = ArgumentParser(
        "exim-conf check", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False,
        formatter_class=help_formatter,
    )  # fmt: skip
    add = made.add_argument
    add_sources(made)
    add("--target", metavar="VERSION", default="", help="the version of Exim to check for (default: the newest)")
    add_reporting(made)
    add_fixing(made)
    add("--baseline", metavar="FILE", help="findings that are there already, and are not reported")
    add("--write-baseline", action="store_true", help="write what is found now to the baseline, and stop")
    add("--live", action="store_true", help="also ask the files and the DNS: keys, their records, who can read passwords")
    add("--watch", action="store_true", help="check again whenever a file changes, until Ctrl-C")
    add("--explain", metavar="CODE", help="print the page of a rule, and stop")
    add("--list-rules", action="store_true", help="print all rules, and stop")
    return made


def _checking(arguments: Namespace) -> Checking:
    from eximconf.cli.checking import Checking
    from eximconf.lint.checking import check

    return Checking(arguments, check)


def _watched(arguments: Namespace) -> State:
    """Check once, for somebody who waits for changes; what was read."""
    check = _checking(arguments)
    others = (*arguments.files, arguments.config_file or "", arguments.baseline or "")
    before = {name: state_of(name) for name in others if name}
    status = guarded("check", check.run)
    before |= {name: state_of(name) for name in check.manners.files}
    if not before and not check.files:
        raise Usage("there is nothing to watch" if status == 2 else "no FILE or DIR given")
    return before | check.files


def _list_rules() -> int:
    from eximconf.lint.extensions import installed_rules

    for rule in sorted(installed_rules(), key=lambda rule: rule.code):
        write_out(f"{rule.code}  {rule.severity!s:7}  {rule.name:28}  {rule.description()}\n")
    return 0


def _explain(word: str) -> int:
    from eximconf.lint.extensions import installed_rules
    from eximconf.report.rule_pages import page

    for rule in installed_rules():
        if word.upper() == rule.code or word == rule.name:
            write_out(page(rule))
            return 0
    from eximconf.lint.upgrading.codes import CODES

    if word.upper() in CODES or word in CODES.values():
        raise Usage(f"{word} is what exim-conf upgrade finds; docs/changes.md tells what changed from release to release")
    raise Usage(f'no rule has the code or name "{word}"')
