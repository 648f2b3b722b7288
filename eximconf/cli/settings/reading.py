"""``exim-conf.toml`` to settings, with a place for everything that is wrong in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eximconf.cli.arguments import Usage, macros, version
from eximconf.cli.settings.patterns import fits
from eximconf.cli.settings.schema import SCHEMA
from eximconf.lint.upgrading.codes import CODES
from eximconf.source.diagnostic import Diagnostic, Severity
from eximconf.source.text import Location, SourceFile

if TYPE_CHECKING:
    from eximconf.lint.rule import Rule


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``exim-conf.toml`` says, with the defaults for what it does not say.

    *path*: the file, "" if there is none. *folder*: what names in it start from. *target* "": the newest.
    *severity* and *per_file_ignores* keep the order of the file.
    """

    path: str = ""
    folder: str = "."
    target: str = ""
    files: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "warning"
    baseline: str = ""
    define: Mapping[str, str] = field(default_factory=dict)
    severity: tuple[tuple[str, Severity], ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def relative(self, name: str) -> str:
        """The file *name* (latin-1 decoded octets) as patterns see it: from the settings' folder on, with slashes."""
        path = os.fsdecode(name.encode("latin-1"))
        return os.path.relpath(path, self.folder).replace(os.sep, "/")

    def excludes(self, name: str) -> bool:
        """Whether nothing is to be said about the file *name*."""
        return bool(self.exclude) and any(fits(self.relative(name), pattern) for pattern in self.exclude)

    def ignored_in(self, name: str) -> tuple[str, ...]:
        """The rules that are not reported in the file *name*."""
        if not self.per_file_ignores:
            return ()
        path = self.relative(name)
        return tuple(
            word for pattern, words in self.per_file_ignores if fits(path, pattern) for word in words
        )


def read_settings(path: str, text: str, rules: Sequence[type[Rule]]) -> tuple[Settings, list[Diagnostic]]:
    """The settings in *text* (octets), the content of the file *path*, and what is wrong with them.

    *rules*: those that can be named.
    """
    from eximconf.replay.front_matter.toml import BadToml, parse
    from eximconf.replay.front_matter.validation import faults

    file = SourceFile(path, text)
    try:
        data = parse(text)
    except BadToml as error:
        return Settings(path), [_diagnostic(error.message, file, error.offset, error.offset + 1)]
    found: list[tuple[tuple[str, ...], str]] = [*faults(data, SCHEMA)] or [*_more_faults(data, rules)]
    if found:
        return Settings(path), [_at_key(keys, message, file) for keys, message in found]
    return _settings(path, data), []


def _more_faults(
    data: Mapping[str, Any], rules: Sequence[type[Rule]]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a schema cannot say: names of rules, versions, macros."""
    from difflib import get_close_matches

    known = {word for rule in rules for word in (rule.code, rule.name)} | {*CODES, *CODES.values()}
    words: list[tuple[tuple[str, ...], str]] = [
        ((key,), word) for key in ("select", "ignore") for word in data.get(key, ())
    ]
    words += [(("severity", word), word) for word in data.get("severity", ())]
    ignores = data.get("per-file-ignores", {})
    words += [(("per-file-ignores", pattern), word) for pattern, those in ignores.items() for word in those]
    for keys, word in words:
        if not _names_rules(word, known):
            near = get_close_matches(word, known, 1, 0.7) if word[:2].upper() != "EX" else []
            hint = f'; did you mean "{near[0]}"?' if near else ""
            yield keys, f'no rule has the code, prefix or name "{word}"{hint}'
    for keys, check in (
        (("target",), lambda: version(data.get("target", ""))),
        (("define",), lambda: _define(data)),
    ):
        try:
            check()
        except Usage as usage:
            yield keys, str(usage)


def _names_rules(word: str, known: set[str]) -> bool:
    return word.lower() == "all" or any(name.startswith(word.upper()) or name == word for name in known)


def _define(data: Mapping[str, Any]) -> dict[str, str]:
    return macros(f"{name}={value}" for name, value in data.get("define", {}).items())


def _settings(path: str, data: Mapping[str, Any]) -> Settings:
    def words(key: str) -> tuple[str, ...]:
        return tuple(data.get(key, ()))

    folder = os.path.dirname(path) or "."
    baseline = data.get("baseline", "")
    return Settings(
        path=path,
        folder=folder,
        target=data.get("target", ""),
        files=words("files"),
        exclude=words("exclude"),
        select=words("select"),
        ignore=words("ignore"),
        fail_on=data.get("fail-on", "warning"),
        baseline=os.path.join(folder, baseline) if baseline else "",
        define=_define(data),
        severity=tuple((word, Severity[name.upper()]) for word, name in data.get("severity", {}).items()),
        per_file_ignores=tuple(
            (key, tuple(those)) for key, those in data.get("per-file-ignores", {}).items()
        ),
    )


def _at_key(keys: tuple[str, ...], message: str, file: SourceFile) -> Diagnostic:
    from eximconf.replay.front_matter.places import place_of
    from eximconf.replay.front_matter.toml import octets

    place = place_of(file.text, tuple(map(octets, keys)))
    where = ".".join(keys[:-1] if keys and f'"{keys[-1]}"' in message else keys)
    text = f"{where}: {message}" if where else message
    return _diagnostic(octets(text), file, place.start, place.end)


def _diagnostic(message: str, file: SourceFile, start: int, end: int) -> Diagnostic:
    return Diagnostic("EX990", "settings", Severity.ERROR, message, Location(file, start, end))
