"""From the logical lines of a configuration to the linked `Configuration`.

Everything that Exim refuses at start is collected, in the order in which Exim would meet it: the first
error is the one it stops with. Reading goes on behind each error, so that all of them are found.
Spec: 6 "The Exim runtime configuration file".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import cache
from typing import TypeVar

from eximconf.catalog.acl import ACL_VERBS, ACL_WORDS
from eximconf.catalog.driver_options import OPTIONS_OF
from eximconf.catalog.drivers import DRIVERS
from eximconf.catalog.log_selectors import LOG_SELECTORS
from eximconf.catalog.main_options import MAIN_OPTIONS, MODULE_OPTIONS, MODULES_SINCE
from eximconf.catalog.model import NEWEST, Entry, Option, version_key
from eximconf.config.acl_lines import read_acls
from eximconf.config.driver_checks import Complaint
from eximconf.config.driver_section import DriverSection
from eximconf.config.lines import Errors, Line
from eximconf.config.main_checks import MainSection
from eximconf.config.model import (
    Acl,
    Configuration,
    DriverBlock,
    DriverKind,
    NamedList,
    Retry,
    Rewrite,
    StartError,
    default_value,
)
from eximconf.config.option_lines import OptionBlock, read_option_line
from eximconf.config.quantities import Refused
from eximconf.config.quoting import SPACES, dequote_source, quoted, skip_space
from eximconf.config.retries import read_retry_rule
from eximconf.config.rewrites import read_rewrite_rule
from eximconf.config.values import WORD, Surroundings, TypedValue, read_string, read_value
from eximconf.source.records import record


@record
class Settled:
    """How to link: for which Exim, built how, on which machine.

    *without*: build features that are missing (words of ``Entry.feature``). *built_in*: values of main
    options that were chosen when Exim was built, as text (``spool_directory``, ``exim_user`` …).
    *hostname*: this host's own name, for ``primary_hostname``. *list_max*: how many named lists of a
    kind there may be (16 unless built otherwise; Debian's has 32).
    """

    target: str = NEWEST
    without: frozenset[str] = frozenset()
    surroundings: Surroundings = field(default_factory=Surroundings)
    hostname: str = ""
    list_max: int = 16
    built_in: Mapping[str, str] = field(default_factory=dict)


Item = Line | StartError
E = TypeVar("E", bound=Entry)
_SECTION_NAME_MAX = 22
_NO_LOCAL_SCAN = "local_scan() options not supported: (LOCAL_SCAN_HAS_OPTIONS not defined in Local/Makefile)"
_SPACE = tuple(SPACES)
_LISTS = (("domainlist", "domain list"), ("hostlist", "host list"), ("addresslist", "address list"),
          ("localpartlist", "local part list"))  # fmt: skip


def link(items: Iterable[Item], file: str, settled: Settled | None = None) -> Configuration:
    """Link the lines of the configuration *file*; what preprocessing refused stands among them.

    Never raises: what Exim refuses is in `Configuration.errors`.
    """
    return Linker(file, settled or Settled()).run(items)


class Linker:
    """Reads sections one after the other. `run` is called once."""

    def __init__(self, file: str, settled: Settled) -> None:
        self.file = file
        self.settled = settled
        self.errors = Errors()
        self.lists: dict[str, dict[str, NamedList]] = {kind[:-4]: {} for kind, _ in _LISTS}
        self.acls: dict[str, Acl] = {}
        self.blocks: dict[DriverKind, list[DriverBlock]] = {kind: [] for kind in DriverKind}
        self.retries: list[Retry] = []
        self.rewrites: list[Rewrite] = []
        modules = MODULE_OPTIONS if version_key(settled.target) >= version_key(MODULES_SINCE) else frozenset()
        self.main = OptionBlock(self._known(MAIN_OPTIONS), settled.surroundings, modules)
        self.derived: dict[str, TypedValue] = {}
        self._had: set[str] = set()
        self._next: Line | None = None

    def run(self, items: Iterable[Item]) -> Configuration:
        lines = self._lines(items)
        section = self._read_main(_until_end(lines))
        while self._next is not None:
            begin, self._next = self._next, None
            self._section(begin, _until_end(lines))
        self._complain(section.check_last())
        return Configuration(
            file=self.file, main=self.main.settings, options=self.main.options, derived=self.derived,
            lists=self.lists, acls=self.acls,
            routers=tuple(self.blocks[DriverKind.ROUTER]),
            transports=tuple(self.blocks[DriverKind.TRANSPORT]),
            authenticators=tuple(self.blocks[DriverKind.AUTHENTICATOR]),
            retries=tuple(self.retries), rewrites=tuple(self.rewrites),
            errors=tuple(self.errors.found), target=self.settled.target,
        )  # fmt: skip

    # What is known, and what is refused

    def _known(self, entries: Mapping[str, E]) -> dict[str, E]:
        return {name: self._dated(entry) for name, entry in entries.items() if self._has(entry)}

    def _dated(self, entry: E) -> E:
        """*entry* with the default that it had in the version at hand."""
        if not isinstance(entry, Option) or not entry.defaults_before:
            return entry
        default = entry.default_in(self.settled.target)
        return entry if default == entry.default else replace(entry, default=default, defaults_before=())

    def _has(self, entry: Entry) -> bool:
        without = self.settled.without
        return entry.known_in(self.settled.target) and not without.intersection(entry.feature.split("&"))

    # Lines

    def _lines(self, items: Iterable[Item]) -> Iterator[Line | None]:
        """The lines; a None ends a section, whose successor is in `_next`."""
        for item in items:
            if isinstance(item, StartError):
                self.errors.found.append(item)
            elif item.text.text[:6].lower() == "begin ":
                self._next = item
                yield None
            else:
                yield item

    def _section(self, begin: Line, lines: Iterator[Line]) -> None:
        written = begin.text.text[6:].lstrip(SPACES)[:_SECTION_NAME_MAX]
        name = written.lower()
        name = name if name.endswith("s") else name + "s"
        if name not in _SECTIONS:
            self.errors.refuse(begin, Refused(f'"{written}" is not a known configuration section name'))
            for _ in lines:
                pass
            return
        if name in self._had:
            message = f'"{written}" section is repeated in the configuration file'
            self.errors.refuse(begin, Refused(message))
        self._had.add(name)
        _SECTIONS[name](self, begin, lines)

    # The main section

    def _read_main(self, lines: Iterator[Line]) -> MainSection:
        for line in lines:
            if line.macro:
                continue
            try:
                self._main_line(line)
            except Refused as refused:
                self.errors.refuse(line, refused)
        for name, text in self.settled.built_in.items():
            option = self.main.options.get(name)
            if option is not None and name not in self.main.settings:
                self.derived[name] = self._built_in(option, text)
        section = MainSection(
            self.main_value, self.main.settings, self.settled.surroundings, self.settled.hostname,
            self._known(LOG_SELECTORS),
        )  # fmt: skip
        section.derived = self.derived
        self._complain(section.check())
        return section

    def _complain(self, complaints: Iterable[Complaint]) -> None:
        for complaint in complaints:
            setting = self.main.settings.get(complaint.option)
            self.errors.complain(complaint, setting.location if setting else None)

    def _built_in(self, option: Option, text: str) -> TypedValue:
        try:
            return read_value(option, option.name, text, self.settled.surroundings)
        except Refused:
            return text

    def main_value(self, name: str) -> TypedValue:
        setting = self.main.settings.get(name)
        if setting is not None and setting.value is not None:
            return setting.value
        option = self.main.options.get(name)
        return default_value(option) if option is not None else None

    def _main_line(self, line: Line) -> None:
        text = line.text.text
        if text.startswith("\xef\xbb\xbf") and line.number == 1:
            raise Refused("found unexpected BOM (Byte Order Mark)")
        at = 5 if text.startswith("hide") and text[4:5] in _SPACE else 0
        for word, title in _LISTS:
            if text.startswith(word, at):
                return self._named_list(line, word[:-4], title, at + len(word), hidden=at > 0)
        front = read_option_line(text)
        if not self.main.knows(front):
            unknown = Refused(f"main option {quoted(front.written)} unknown")
            self.errors.refuse(line, unknown, front.name_at, len(front.written))
        else:
            self.main.read(front, line.text)
            if front.name == "max_username_length":
                self._limit_usernames()
        return None

    def _limit_usernames(self) -> None:
        limit = self.main_value("max_username_length")
        if isinstance(limit, int):
            self.main.surroundings = replace(self.main.surroundings, max_username_length=limit)

    def _named_list(self, line: Line, kind: str, title: str, at: int, *, hidden: bool) -> None:
        text = line.text.text
        cached = text.startswith("_cache", at)
        at += 6 if cached else 0
        if text[at : at + 1] not in _SPACE:
            raise Refused("unrecognized configuration line")
        known = self.lists[kind]
        if len(known) >= self.settled.list_max:
            raise Refused(f"too many named {title}s (max is {self.settled.list_max})\n")
        start = at = skip_space(text, at)
        while at < len(text) and text[at] in WORD:
            at += 1
        name, end = text[start:at], at
        at = skip_space(text, at)
        if name in known:
            raise Refused(f"duplicate name {quoted(name)} for a named {title}")
        if not text.startswith("=", at):
            raise Refused(f"missing '=' after {quoted(name)}")
        at = skip_space(text, at + 1)
        source = line.text.slice(at, len(text))
        inner = dequote_source(source) if source.text.startswith('"') else source
        known[name] = NamedList(
            kind, name, inner.text, inner, line.text.locate(start, max(end, start + 1)), hidden, cached
        )
        known[name] = replace(known[name], text=read_string(source.text, name))

    # Routers, transports, authenticators

    def read_drivers(self, kind: DriverKind, lines: Iterator[Line]) -> None:
        entries, options = DRIVERS[kind.value], OPTIONS_OF[kind.value]
        section = DriverSection(
            kind,
            self._known(entries),
            cache(lambda driver: self._known(options(driver))),
            self.main.surroundings,
            str(self.main_value("primary_hostname") or ""),
            self.errors,
        )
        self.blocks[kind] += section.read(lines)

    # The other sections

    def read_acls(self, begin: Line, lines: Iterator[Line]) -> None:
        self.acls = read_acls(lines, self._known(ACL_VERBS), self._known(ACL_WORDS), self.errors)

    def read_local_scan(self, begin: Line, lines: Iterator[Line]) -> None:
        self.errors.refuse(begin, Refused(_NO_LOCAL_SCAN))
        for _ in lines:
            pass

    def read_retries(self, begin: Line, lines: Iterator[Line]) -> None:
        for line in lines:
            try:
                rule = read_retry_rule(line.text.text)
            except Refused as refused:
                self.errors.refuse(line, refused)
            else:
                self.retries.append(Retry(rule, line.text, line.location))

    def read_rewrites(self, begin: Line, lines: Iterator[Line]) -> None:
        for line in lines:
            try:
                rule = read_rewrite_rule(line.text.text)
            except Refused as refused:
                self.errors.refuse(line, refused)
            else:
                self.rewrites.append(Rewrite(rule, line.text, line.location))


def _until_end(lines: Iterator[Line | None]) -> Iterator[Line]:
    """The lines up to the end of the section."""
    for line in lines:
        if line is None:
            return
        yield line


def _drivers(kind: DriverKind) -> Callable[[Linker, Line, Iterator[Line]], None]:
    return lambda linker, _, lines: linker.read_drivers(kind, lines)


_SECTIONS: dict[str, Callable[[Linker, Line, Iterator[Line]], None]] = {
    "acls": Linker.read_acls,
    "authenticators": _drivers(DriverKind.AUTHENTICATOR),
    "local_scans": Linker.read_local_scan,
    "retrys": Linker.read_retries,
    "rewrites": Linker.read_rewrites,
    "routers": _drivers(DriverKind.ROUTER),
    "transports": _drivers(DriverKind.TRANSPORT),
}
