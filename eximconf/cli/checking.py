"""Checks what a command line names, and reports, mends or writes down what is found."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from eximconf.cli.arguments import Usage, colored, write_out
from eximconf.cli.manner import BASELINE, Manners, namer
from eximconf.cli.sources import Given, given
from eximconf.cli.watching import state_of

if TYPE_CHECKING:
    from argparse import Namespace

    from eximconf.cli.watching import State
    from eximconf.lint.fixing import Checker
    from eximconf.lint.rule import Rule
    from eximconf.source.diagnostic import Diagnostic

_LONG = 4
"""From so many files on, progress is shown on a terminal."""


class Checking:
    """One run of a command with *arguments*; *checker* finds what there is to be found, *more* are rules of its own.

    `files` are all that it read, or wanted to, as they were then.
    """

    def __init__(
        self,
        arguments: Namespace,
        checker: Checker,
        more: Sequence[type[Rule]] = (),
        *,
        baselines: bool = True,
    ) -> None:
        from eximconf.lint.extensions import installed_rules

        self.arguments = arguments
        self.checker = checker
        self.rules = (*installed_rules(), *more)
        self.manners = Manners(arguments, self.rules, baselines=baselines)
        self.files: State = {}
        self.folder = "."
        self.failed = False
        self.found: list[Diagnostic] = []

    def run(self) -> int:
        every = [one for name in self._named() for one in self._given(name)]
        self.folder = every[0].folder if every else "."
        configurations = _progress(every)
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
        found = [
            path
            for path in dict.fromkeys(found)
            if not settings.excludes(os.fsencode(path).decode("latin-1"))
        ]
        if not found:
            raise Usage(
                f"no file fits files in {settings.path}"
                if settings.files
                else "no FILE or DIR given, and no exim-conf.toml here that names files"
            )
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
        manner = self.manners.of_folder(one.folder)
        return manner.screened(self.checker(one.source, self._read, manner.options, one.name))

    def _take(self, one: Given, found: list[Diagnostic]) -> None:
        self.found += found
        self.failed = self.manners.of_folder(one.folder).fails(found) or self.failed

    def _mend(self, configurations: Iterable[Given]) -> int:
        from eximconf.cli.mending import mend, show, write, write_input

        arguments, differs, said, mended = self.arguments, False, list[str](), 0
        for one in configurations:
            fixed = mend(
                one,
                self.manners.of_folder(one.folder),
                self._read,
                self.checker,
                unsafe=arguments.unsafe_fixes,
            )
            self._take(one, list(fixed.left))
            mended += len(fixed.done)
            if arguments.diff:
                differs = show(fixed) or differs
                continue
            said += write(fixed)
            if one.name == "<stdin>":
                write_input(fixed, one.source.text)
        if arguments.diff:
            self._say_what_would_be_done(mended)
            return int(differs)
        out = print_error if "-" in arguments.files else write_out
        out(self._report())
        print_error("".join(f"{line}\n" for line in said))
        self._advise()
        return int(self.failed or any(line.startswith("not written") for line in said))

    def _say_what_would_be_done(self, number: int) -> None:
        from eximconf.cli.advice import advice

        print_error(f"{number} finding{'s' * (number != 1)} would be fixed\n")
        line = advice(self.found, unsafe=self.arguments.unsafe_fixes, fixing=True)
        if line:
            print_error(f"{line}\n")

    def _report(self) -> str:
        from eximconf.report import render

        if self.arguments.statistics:
            from eximconf.report.statistics import render_statistics

            return render_statistics(self.found, self.arguments.format)
        descriptions = {rule.code: rule.description() for rule in self.rules}
        texts = _texts(self.rules) if self.arguments.format == "sarif" else None
        color = colored(self.arguments.color)
        return render(
            self.arguments.format, self.found, color=color, descriptions=descriptions, texts=texts
        )

    def _advise(self) -> None:
        """A word on standard error about fixes and the baseline, for a person."""
        if self.arguments.format != "text":
            return
        from eximconf.cli.advice import advice

        line = advice(self.found, unsafe=self.arguments.unsafe_fixes, fixing=self.arguments.fix)
        if line:
            print_error(f"{line}\n")
        if gone := self.manners.gone:
            print_error(
                f"{gone} of the baseline {'is' if gone == 1 else 'are'} gone: --write-baseline takes them out\n"
            )

    def _write_baseline(self) -> int:
        from eximconf.report.baseline import baseline_text

        path = self.manners.baseline_file(self.manners.of_folder(self.folder).settings) or BASELINE
        with open(path, "w", encoding="utf-8") as file:
            file.write(baseline_text(self.found, namer(path)))
        print_error(f"{len(self.found)} finding{'s' * (len(self.found) != 1)} written to {path}\n")
        return 0


def _texts(rules: Iterable[type[Rule]]) -> dict[str, str]:
    """What each rule says of itself, by code."""
    from inspect import cleandoc

    return {rule.code: cleandoc(rule.__doc__ or "") for rule in rules}


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
