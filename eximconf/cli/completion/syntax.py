"""What can stand on the command line of each command, read from the commands' own parsers."""

from __future__ import annotations

import re
from argparse import Action, ArgumentParser
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True, slots=True)
class Values:
    """What may be given: some *words*, or *files*; anything if neither."""

    words: tuple[str, ...] = ()
    files: bool = False


@dataclass(frozen=True, slots=True)
class OptionSyntax:
    """An option: how it is written, what it is for, and its value (None for a switch)."""

    names: tuple[str, ...]
    help: str
    label: str
    values: Values | None


@dataclass(frozen=True, slots=True)
class CommandSyntax:
    """A command. *arguments*: what may stand where no option does."""

    name: str
    summary: str
    options: tuple[OptionSyntax, ...]
    arguments: Values


def commands() -> tuple[CommandSyntax, ...]:
    """All commands. One that has no parser, like the face of exim itself, takes files."""
    from eximconf.cli import COMMANDS

    found = []
    for name, command in COMMANDS.items():
        parser = getattr(import_module(f"eximconf.cli.{command.module}"), "parser", None)
        if parser is None:
            found.append(CommandSyntax(name, command.summary, (), Values(files=True)))
        else:
            found.append(_command(name, command.summary, parser()))
    return tuple(found)


def _command(name: str, summary: str, parser: ArgumentParser) -> CommandSyntax:
    options, words, files = [], dict[str, None](), False
    for action in parser._actions:  # argparse has no public way to list them
        values = _values(name, action)
        if action.option_strings:
            options.append(
                OptionSyntax(tuple(action.option_strings), action.help or "", str(action.metavar or ""), values)
            )
        elif values is not None:
            words.update(dict.fromkeys(values.words))
            files = files or values.files
    return CommandSyntax(name, summary, tuple(options), Values(tuple(words), files))


def _values(command: str, action: Action) -> Values | None:
    """What a value of *action* may be, by its choices or by its placeholder."""
    if action.nargs == 0:
        return None
    if action.choices is not None:
        return Values(tuple(map(str, action.choices)))
    label = str(action.metavar or action.dest.upper())
    if "FILE" in label or "DIR" in label:
        return Values(files=True)
    source = _WORDS.get((command, label)) or _WORDS.get(("", label))
    return Values(tuple(source()) if source is not None else ())


def _names() -> Iterable[str]:
    from eximconf.catalog.index import names

    return sorted(name for name in names() if re.fullmatch(r"[A-Za-z0-9_]+", name))


def _kinds() -> Iterable[str]:
    from eximconf.catalog.index import KINDS

    return KINDS


def _versions() -> Iterable[str]:
    """The releases that the catalog tells apart."""
    from eximconf.catalog.index import KINDS, entries
    from eximconf.catalog.model import NEWEST, OLDEST, version_key

    every = [found.entry for key in KINDS for found in entries(key)]
    releases = {OLDEST, NEWEST, *(entry.since for entry in every), *(entry.until for entry in every)} - {""}
    return sorted(releases, key=version_key)


def _rules() -> Iterable[str]:
    from eximconf.lint.extensions import installed_rules

    return sorted(rule.code for rule in installed_rules())


def _changes() -> Iterable[str]:
    from eximconf.lint.upgrading.codes import CODES

    return [*CODES, *_rules()]


def _sections() -> Iterable[str]:
    from eximconf.config.inventory import SECTIONS

    return SECTIONS


_WORDS: dict[tuple[str, str], Callable[[], Iterable[str]]] = {
    ("", "VERSION"): _versions,
    ("explain", "NAME"): _names,
    ("explain", "KIND"): _kinds,
    ("check", "RULES"): _rules,
    ("check", "CODE"): _rules,
    ("upgrade", "RULES"): _changes,
    ("show", "SECTION|NAME"): _sections,
}
"""Where the words come from that a placeholder stands for, in one command or in all ("")."""
