"""Options that a configuration does not set, and that two versions of Exim have other defaults for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from eximconf.catalog.changes import Change, Subject
from eximconf.catalog.driver_options import OPTIONS_OF
from eximconf.catalog.main_options import MAIN_OPTIONS
from eximconf.catalog.model import Option
from eximconf.config.model import Configuration, DriverBlock, DriverKind
from eximconf.lint.rule import Finding
from eximconf.lint.upgrading.wording import Way, finding, notes, sentence

_SUBJECTS = {
    Subject.ROUTER: DriverKind.ROUTER,
    Subject.TRANSPORT: DriverKind.TRANSPORT,
    Subject.AUTHENTICATOR: DriverKind.AUTHENTICATOR,
}
_LONGEST = 60
_ONLY_WITH = {"acl_smtp_data_prdr": "prdr_enable"}
"""Options whose default matters only where another one is set."""


def changed_defaults(
    configuration: Configuration, changes: Iterable[Change], way: Way
) -> Iterator[Finding]:
    """One finding for each option: what the table says, and else what the catalog knows of its default."""
    told: set[tuple[DriverKind | None, str]] = set()
    unknown = _unknown(configuration)
    for steps in _steps(changes):
        last = steps[-1] if way.forward else steps[0]
        if not unknown.issuperset(last.names):
            kind = _SUBJECTS.get(last.subject)
            told.update((kind, name) for name in last.names)
            earlier = [change for change in steps if change is not last]
            more = [note for change in earlier for note in (sentence(change, way), *notes(change, way))]
            for found in _of_change(configuration, last, kind, way):
                yield found._replace(notes=(*found.notes, *more))
    yield from _of_catalog(configuration, told, way)


def _steps(changes: Iterable[Change]) -> list[list[Change]]:
    """The changes of defaults, those of the same option together, as when it changed twice on the way."""
    found: dict[tuple[Subject, tuple[str, ...]], list[Change]] = {}
    for change in changes:
        if change.unset:
            found.setdefault((change.subject, change.names), []).append(change)
    return list(found.values())


def _unknown(configuration: Configuration) -> set[str]:
    """Options that are set, but that the version at the start of the way does not know."""
    found = (re.search(r'option "(\w+)" unknown', error.message) for error in configuration.errors)
    return {match[1] for match in found if match}


def _of_change(
    configuration: Configuration, change: Change, kind: DriverKind | None, way: Way
) -> Iterator[Finding]:
    """One finding for the names of *change* that are not set, where it matters."""
    if kind is None:
        names = [name for name in change.names if name not in configuration.main]
        if names and (not change.needs or any(need in configuration.main for need in change.needs)):
            yield finding(change, " and ".join(names), None, way, f" {_are(names)} not set")
        return
    lacking: dict[tuple[str, ...], tuple[list[DriverBlock], list[str]]] = {}
    for name in change.names:
        blocks = _with_option(configuration, kind, name, change.driver)
        without = [block for block in blocks if name not in block.settings and _concerned(change, block)]
        if without:
            key = tuple(block.name for block in without)
            lacking.setdefault(key, (without, []))[1].append(name)
    for without, names in lacking.values():
        yield finding(change, " and ".join(names), without[0].location, way, _in_blocks(without, names))


def _concerned(change: Change, block: DriverBlock) -> bool:
    return not change.needs or any(need in block.settings for need in change.needs)


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _of_catalog(
    configuration: Configuration, told: set[tuple[DriverKind | None, str]], way: Way
) -> Iterator[Finding]:
    main = configuration.main
    for option in _changed(MAIN_OPTIONS, way):
        other = _ONLY_WITH.get(option.name)
        if (None, option.name) not in told and option.name not in main and (other is None or other in main):
            yield Finding(_sentence(option, "", way), None)
    for kind in DriverKind:
        seen: dict[str, list[DriverBlock]] = {}
        options: dict[str, Option] = {}
        for block in configuration.blocks(kind):
            for option in _changed(OPTIONS_OF[kind.value](block.driver), way):
                if (kind, option.name) not in told and option.name not in block.settings:
                    seen.setdefault(option.name, []).append(block)
                    options[option.name] = option
        for name, blocks in seen.items():
            yield Finding(_sentence(options[name], _in_blocks(blocks, [name]), way), blocks[0].location)


def _changed(options: Mapping[str, Option], way: Way) -> Iterator[Option]:
    for option in options.values():
        if option.defaults_before and option.default_in(way.start) != option.default_in(way.end):
            yield option


def _with_option(
    configuration: Configuration, kind: DriverKind, name: str, driver: str
) -> Iterator[DriverBlock]:
    for block in configuration.blocks(kind):
        if (not driver or block.driver == driver) and name in OPTIONS_OF[kind.value](block.driver):
            yield block


def _in_blocks(blocks: Sequence[DriverBlock], names: Sequence[str]) -> str:
    """Which blocks do not set the options *names*."""
    others = len(blocks) - 1
    more = f" and {others} other {blocks[0].kind}{'s' * (others != 1)}" if others else ""
    return f" {_are(names)} not set in {blocks[0].name}{more}"


def _sentence(option: Option, where: str, way: Way) -> str:
    before, now = _shown(option.default_in(way.start)), _shown(option.default_in(way.end))
    return f"{option.name}{where or ' is not set'}: its default is {now} in {way.end}, and {before} in {way.start}"


def _shown(default: str) -> str:
    if not default:
        return "unset"
    return default if len(default) <= _LONGEST else f"{default[:_LONGEST]}..."
