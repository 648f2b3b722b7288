"""How configurations are checked: what the command line says, on top of the settings of their project."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eximconf.cli.arguments import Usage, macros, version
from eximconf.cli.settings.finding import Finder
from eximconf.cli.settings.reading import Settings
from eximconf.lint.checking import Options
from eximconf.lint.selection import Selection, UnknownRule, names, words
from eximconf.lint.upgrading.codes import PREFIX
from eximconf.source.diagnostic import Diagnostic, Severity

if TYPE_CHECKING:
    from argparse import Namespace

    from eximconf.lint.rule import Rule
    from eximconf.report.baseline import Baseline

BASELINE = "exim-conf-baseline.json"
"""Where a baseline is written when nothing names a file."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the configurations of one folder are checked. *least*: the severity from which on findings are shown;
    *fails_on*: that from which on they count, None for none."""

    options: Options
    settings: Settings
    least: Severity
    fails_on: Severity | None
    baseline: Baseline | None = None

    def screened(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        """What is to be reported of *found*, with the severities of the settings."""
        kept = [
            each
            for each in map(self._weighed, found)
            if each.severity >= self.least and not self._left_out(each)
        ]
        return kept if self.baseline is None else self.baseline.new(kept)

    def fails(self, found: Sequence[Diagnostic]) -> bool:
        """Whether *found* makes the exit status 1."""
        return self.fails_on is not None and any(each.severity >= self.fails_on for each in found)

    def _weighed(self, diagnostic: Diagnostic) -> Diagnostic:
        named = [
            (word, severity)
            for word, severity in self.settings.severity
            if names(word, diagnostic.code, diagnostic.name)
        ]
        if not named:
            return diagnostic
        _, severity = max(named, key=lambda one: _precision(one[0], diagnostic))
        return replace(diagnostic, severity=severity) if severity is not diagnostic.severity else diagnostic

    def _left_out(self, diagnostic: Diagnostic) -> bool:
        if diagnostic.location is None:
            return False
        name = diagnostic.location.file.name
        return self.settings.excludes(name) or any(
            names(word, diagnostic.code, diagnostic.name) for word in self.settings.ignored_in(name)
        )


def _precision(word: str, diagnostic: Diagnostic) -> int:
    """How exactly *word* names the rule: its name and code before a prefix, that before ``all``."""
    return len(diagnostic.code) if word == diagnostic.name else 0 if word.lower() == "all" else len(word)


class Manners:
    """The manner for each folder, out of *arguments* and the settings that are found. Raises `Usage`.

    *baselines*: whether one counts.
    """

    def __init__(
        self, arguments: Namespace, rules: Sequence[type[Rule]], *, baselines: bool = True
    ) -> None:
        self._arguments = arguments
        self._with_baselines = baselines
        self._rules = rules
        self._finder = Finder(rules, arguments.config_file or "", none=arguments.no_config)
        self._made: dict[str, Manner] = {}
        self._baselines: dict[str, Baseline] = {}

    def of_folder(self, folder: str) -> Manner:
        """How configurations in *folder* are checked."""
        settings = self._finder.of_folder(folder)
        if settings.path not in self._made:
            self._made[settings.path] = self._manner(settings)
        return self._made[settings.path]

    @property
    def files(self) -> list[str]:
        """What was read beside configurations."""
        return [*self._finder.files, *self._baselines]

    @property
    def gone(self) -> int:
        """How many findings of the baselines are no longer there."""
        return sum(baseline.gone for baseline in self._baselines.values())

    def baseline_file(self, settings: Settings) -> str:
        """The file of the baseline: of the command line, of the settings, or none."""
        return self._arguments.baseline or settings.baseline

    def _manner(self, settings: Settings) -> Manner:
        arguments = self._arguments
        fail_on = arguments.fail_on or settings.fail_on
        return Manner(
            self._options(settings),
            settings,
            Severity[arguments.severity.upper()],
            None if fail_on == "never" else Severity[fail_on.upper()],
            self._baseline(self.baseline_file(settings)),
        )

    def _options(self, settings: Settings) -> Options:
        arguments = self._arguments
        select, ignore = words(arguments.select), words(arguments.ignore)
        try:
            Selection(select, ignore).check(self._rules)
        except UnknownRule as unknown:
            raise Usage(str(unknown)) from None
        if settings.select and not select:  # they are about rules of a check
            select = (*settings.select, PREFIX)
        selection = Selection(select, (*ignore, *settings.ignore))
        target = version(arguments.target or settings.target)
        outside = None
        if getattr(arguments, "live", False):
            from eximconf.api import live_services

            outside = live_services()
        return Options(
            target, {**settings.define, **macros(arguments.define)}, selection, self._rules, outside
        )

    def _baseline(self, path: str) -> Baseline | None:
        if not path or self._arguments.write_baseline or not self._with_baselines:
            return None
        from eximconf.report.baseline import BadBaseline, read_baseline

        if path not in self._baselines:
            try:
                with open(path, encoding="utf-8") as file:
                    self._baselines[path] = read_baseline(file.read(), namer(path))
            except (OSError, BadBaseline, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else error
                raise Usage(f"{path}: {reason} (--write-baseline writes one)") from None
        return self._baselines[path]


def namer(baseline: str) -> Callable[[str], str]:
    """How the file *baseline* calls files: from its own folder on."""
    folder = os.path.dirname(os.path.abspath(baseline))

    def named(name: str) -> str:
        path = os.path.abspath(os.fsdecode(name.encode("latin-1")))
        return os.fsencode(os.path.relpath(path, folder).replace(os.sep, "/")).decode("latin-1")

    return named
