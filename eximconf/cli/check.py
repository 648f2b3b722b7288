"""``exim-conf check``: what Exim would refuse at start, and what it would only find when mail comes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from eximconf.cli.arguments import Usage, colored, guarded, macros, version, write_out
from eximconf.cli.sources import Given, given

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from eximconf.lint.checking import Options
    from eximconf.source.diagnostic import Diagnostic

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

A finding is taken back by a comment on the line before it:
  # exim-conf: ignore[EX301] this ACL is never reached then

Exit status: 0 nothing found but information, 1 errors or warnings, 2 wrong usage or an unreadable file."""
_SEVERITIES = ("info", "warning", "error")
_LONG = 4
"""From so many files on, progress is shown on a terminal."""


def run(argv: Sequence[str]) -> int:
    """Run the command with *argv* (without its own name). The exit status is 0, 1 or 2."""
    return guarded("check", lambda: _run(parser().parse_args(list(argv))))


def _run(arguments: Namespace) -> int:
    if arguments.list_rules:
        return _list_rules()
    if arguments.explain:
        return _explain(arguments.explain)
    if not arguments.files:
        raise Usage("no FILE or DIR given")
    return _check(arguments)


def parser() -> ArgumentParser:
    """The command's options."""
    from argparse import ArgumentParser

    from eximconf.cli.arguments import help_formatter
    from eximconf.report import FORMATS

    made = ArgumentParser(
        "exim-conf check", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False,
        formatter_class=help_formatter,
    )  # fmt: skip
    add = made.add_argument
    add("files", metavar="FILE|DIR", nargs="*", help="a configuration, a directory of one, or - for standard input")
    add("--format", choices=FORMATS, default="text", help="how to report (default: text)")
    add("--select", metavar="RULES", action="append", default=[], help="only these: codes, prefixes of codes, names")
    add("--ignore", metavar="RULES", action="append", default=[], help="not these")
    add("--severity", choices=_SEVERITIES, default="info", help="report nothing less bad (default: info)")
    add("--target", metavar="VERSION", default="", help="the version of Exim to check for (default: the newest)")
    add("-D", metavar="NAME[=VALUE]", dest="define", action="append", default=[], help="define a macro, as exim -D does")
    add("--color", choices=("auto", "always", "never"), default="auto", help="colours (default: on a terminal)")
    add("--explain", metavar="CODE", help="print the page of a rule, and stop")
    add("--list-rules", action="store_true", help="print all rules, and stop")
    return made


def _check(arguments: Namespace) -> int:
    from eximconf.config.load import read_octets
    from eximconf.lint.checking import check

    options = _options(arguments)
    found: list[Diagnostic] = []
    for one in _progress([one for name in arguments.files for one in given(name)]):
        found.extend(check(one.source, read_octets, options, one.name))
    least = _SEVERITIES.index(arguments.severity) + 1
    shown = [diagnostic for diagnostic in found if diagnostic.severity >= least]
    write_out(_report(arguments, shown, options))
    return int(any(diagnostic.severity > 1 for diagnostic in shown))


def _options(arguments: Namespace) -> Options:
    from eximconf.lint.checking import Options
    from eximconf.lint.extensions import installed_rules
    from eximconf.lint.selection import Selection, UnknownRule, words

    rules = installed_rules()
    selection = Selection(words(arguments.select), words(arguments.ignore))
    try:
        selection.check(rules)
    except UnknownRule as unknown:
        raise Usage(str(unknown)) from None
    target = version(arguments.target)
    return Options(target, macros(arguments.define), selection, rules)


def _progress(many: Sequence[Given]) -> Iterable[Given]:
    """*many*, with a line on a terminal that says how far it is."""
    if len(many) < _LONG or not sys.stderr.isatty():
        yield from many
        return
    for number, one in enumerate(many, 1):
        print(f"\r\x1b[K{number}/{len(many)}", end="", file=sys.stderr, flush=True)
        yield one
    print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _report(arguments: Namespace, shown: Sequence[Diagnostic], options: Options) -> str:
    from eximconf.report import render

    descriptions = {rule.code: rule.description() for rule in options.rules or ()}
    return render(arguments.format, shown, color=colored(arguments.color), descriptions=descriptions)


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
    raise Usage(f'no rule has the code or name "{word}"')
