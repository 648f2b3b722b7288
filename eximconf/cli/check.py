"""``exim-conf check``: what Exim would refuse at start, and what it would only find when mail comes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from eximconf.cli.arguments import Usage, colored, guarded, write_out
from eximconf.cli.sources import Given, given
from eximconf.cli.watching import state_of, watch

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from eximconf.cli.watching import State
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
  exim-conf check --diff exim.conf              what --fix would change
  exim-conf check --fix exim.conf               make the fixes that cannot do harm
  exim-conf check --write-baseline exim.conf    from now on report what is new only
  exim-conf check --watch exim.conf             again whenever a file changes

A finding is taken back by a comment on the line before it:
  # exim-conf: ignore[EX301] this ACL is never reached then

Settings are read from exim-conf.toml in the configuration's folder or above it; docs/check.md
describes them.

Exit status: 0 nothing found but information, 1 errors or warnings (see --fail-on) or, with --diff,
something to change, 2 wrong usage or an unreadable file."""
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
    _refuse_clashes(arguments)
    if not arguments.watch:
        return _Check(arguments).run()
    return watch(lambda: _watched(arguments))


def _refuse_clashes(arguments: Namespace) -> None:
    given_too = {"--fix": arguments.fix, "--diff": arguments.diff, "--write-baseline": arguments.write_baseline}
    asked = [name for name, value in given_too.items() if value]
    if len(asked) > 1:
        raise Usage(f"{asked[0]} and {asked[1]} do not go together")
    if arguments.watch and asked:
        raise Usage(f"--watch and {asked[0]} do not go together")
    if arguments.watch and "-" in arguments.files:
        raise Usage("standard input cannot be watched")
    if arguments.unsafe_fixes and not (arguments.fix or arguments.diff):
        raise Usage("--unsafe-fixes goes with --fix or --diff")
    if arguments.no_config and arguments.config_file:
        raise Usage("--config-file and --no-config do not go together")


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
    add("--fail-on", choices=(*_SEVERITIES, "never"), help="what makes the exit status 1 (default: warning)")
    add("--target", metavar="VERSION", default="", help="the version of Exim to check for (default: the newest)")
    add("-D", metavar="NAME[=VALUE]", dest="define", action="append", default=[], help="define a macro, as exim -D does")
    add("--fix", action="store_true", help="make the fixes that cannot change what a right configuration does")
    add("--unsafe-fixes", action="store_true", help="with --fix or --diff: also those to be looked at")
    add("--diff", action="store_true", help="print what --fix would change, and change nothing")
    add("--baseline", metavar="FILE", help="findings that are there already, and are not reported")
    add("--write-baseline", action="store_true", help="write what is found now to the baseline, and stop")
    add("--statistics", action="store_true", help="only count the findings of each rule")
    add("--watch", action="store_true", help="check again whenever a file changes, until Ctrl-C")
    add("--live", action="store_true", help="look at the files of keys, and ask the DNS about them")
    add("--config-file", metavar="FILE", help="the settings to use, instead of exim-conf.toml")
    add("--no-config", action="store_true", help="use no exim-conf.toml")
    add("--color", choices=("auto", "always", "never"), default="auto", help="colours (default: on a terminal)")
    add("--explain", metavar="CODE", help="print the page of a rule, and stop")
    add("--list-rules", action="store_true", help="print all rules, and stop")
    return made


class _Check:
    """One run of the command; `files` are all that it read, or wanted to, as they were then."""

    def __init__(self, arguments: Namespace) -> None:
        from eximconf.cli.manner import Manners
        from eximconf.lint.extensions import installed_rules

        self.arguments = arguments
        self.rules = installed_rules()
        self.manners = Manners(arguments, self.rules)
        self.files: State = {}
        self.failed = False
        self.found: list[Diagnostic] = []

    def run(self) -> int:
        configurations = _progress([one for name in self._named() for one in self._given(name)])
        if self.arguments.fix or self.arguments.diff:
            return self._mend(configurations)
        for one in configurations:
            self._take(one, self._checked(one))
        if self.arguments.write_baseline:
            return self._write_baseline()
        write_out(self._report())
        self._advise()
        return int(self.failed)

    def _named(self) -> list[str]:
        """What the command line names, or else the settings here."""
        if self.arguments.files:
            return list(self.arguments.files)
        from eximconf.cli.settings.patterns import found_under

        settings = self.manners.of_folder(".").settings
        found = [path for pattern in settings.files for path in found_under(settings.folder, pattern)]
        found = [path for path in dict.fromkeys(found) if not settings.excludes(os.fsencode(path).decode("latin-1"))]
        if not found:
            raise Usage(f"no file fits files in {settings.path}" if settings.files else "no FILE or DIR given")
        return found

    def _given(self, name: str) -> Iterable[Given]:
        if os.path.isdir(name):
            for folder in (name, *(folder for folder, _, _ in os.walk(os.path.join(name, "conf.d")))):
                self.files[folder] = state_of(folder)
        yield from given(name, self._read)

    def _read(self, name: str) -> str:
        from eximconf.config.load import read_octets

        path = os.fsdecode(name.encode("latin-1"))
        self.files[path] = state_of(path)
        return read_octets(name)

    def _checked(self, one: Given) -> list[Diagnostic]:
        from eximconf.lint.checking import check

        manner = self.manners.of_folder(one.folder)
        return manner.screened(check(one.source, self._read, manner.options, one.name))

    def _take(self, one: Given, found: list[Diagnostic]) -> None:
        self.found += found
        self.failed = self.manners.of_folder(one.folder).fails(found) or self.failed

    def _mend(self, configurations: Iterable[Given]) -> int:
        from eximconf.cli.mending import mend, show, write, write_input

        arguments, differs, said = self.arguments, False, list[str]()
        for one in configurations:
            fixed = mend(one, self.manners.of_folder(one.folder), self._read, unsafe=arguments.unsafe_fixes)
            self._take(one, list(fixed.left))
            if arguments.diff:
                differs = show(fixed) or differs
                continue
            said += write(fixed)
            if one.name == "<stdin>":
                write_input(fixed, one.source.text)
        if arguments.diff:
            return int(differs)
        out = print_error if "-" in arguments.files else write_out
        out(self._report())
        print_error("".join(f"{line}\n" for line in said))
        self._advise()
        return int(self.failed or any(line.startswith("not written") for line in said))

    def _report(self) -> str:
        from eximconf.report import render
        from eximconf.report.statistics import render_statistics

        if self.arguments.statistics:
            return render_statistics(self.found, self.arguments.format)
        descriptions = {rule.code: rule.description() for rule in self.rules}
        color = colored(self.arguments.color)
        return render(self.arguments.format, self.found, color=color, descriptions=descriptions)

    def _advise(self) -> None:
        """A word on standard error about fixes and the baseline, for a person."""
        if self.arguments.format != "text":
            return
        from eximconf.cli.mending import advice

        line = advice(self.found, unsafe=self.arguments.unsafe_fixes, fixing=self.arguments.fix)
        if line:
            print_error(f"{line}\n")
        if gone := self.manners.gone:
            print_error(f"{gone} of the baseline {'is' if gone == 1 else 'are'} gone: --write-baseline takes them out\n")

    def _write_baseline(self) -> int:
        from eximconf.cli.manner import BASELINE, namer
        from eximconf.report.baseline import baseline_text

        path = self.manners.baseline_file(self.manners.of_folder(".").settings) or BASELINE
        with open(path, "w", encoding="utf-8") as file:
            file.write(baseline_text(self.found, namer(path)))
        print_error(f"{len(self.found)} finding{'s' * (len(self.found) != 1)} written to {path}\n")
        return 0


def _watched(arguments: Namespace) -> State:
    """Check once, for somebody who waits for changes; what was read."""
    check = _Check(arguments)
    others = (*arguments.files, arguments.config_file or "", arguments.baseline or "")
    before = {name: state_of(name) for name in others if name}
    status = guarded("check", check.run)
    before |= {name: state_of(name) for name in check.manners.files}
    if not before and not check.files:
        raise Usage("there is nothing to watch" if status == 2 else "no FILE or DIR given")
    return before | check.files


def print_error(text: str) -> None:
    """Write *text* to standard error."""
    print(text, end="", file=sys.stderr, flush=True)


def _progress(many: Sequence[Given]) -> Iterable[Given]:
    """*many*, with a line on a terminal that says how far it is."""
    if len(many) < _LONG or not sys.stderr.isatty():
        yield from many
        return
    for number, one in enumerate(many, 1):
        print(f"\r\x1b[K{number}/{len(many)}", end="", file=sys.stderr, flush=True)
        yield one
    print("\r\x1b[K", end="", file=sys.stderr, flush=True)


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
