"""Scanning a list: negation, files, named lists, and what a defer or an unknown host means.

The kinds of lists differ in how one item is tested; a `Subject` does that. The text of a list is taken
apart once and kept. Spec: 10.1 to 10.7.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, NoReturn, Protocol

from eximconf.match.verdict import (
    NO_MESSAGE,
    Died,
    Expander,
    HostUnknown,
    ListDeferred,
    ListKind,
    ListMatch,
)
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE, leading_separator, split
from eximconf.runtime.outcome import Deferred, ForcedFailure, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.services import no_service
from eximconf.runtime.value import untaint

_DEEPEST = 50
_UNKNOWN_WORDS = {"+include_unknown": True, "+ignore_unknown": False}
_DEFER_WORDS = {"+include_defer": True, "+ignore_defer": False}


class Subject(Protocol):
    """What is looked for in a list. *data*: what the last item that matched gave."""

    kind: ListKind
    data: str | None
    domain: str | None

    def matches(self, pattern: str) -> bool:
        """Test one item. Raises `Deferred`, `HostUnknown` and `Died`."""
        ...

    def make_caseful(self) -> bool:
        """Obey ``+caseful``; False if that word means nothing here."""
        ...


class Item(NamedTuple):
    """An item of a list: as it stands there, and without its exclamation mark."""

    text: str
    pattern: str
    negated: bool


def scan(
    ctx: Context, subject: Subject, text: str, expand: Expander, separator: str = ""
) -> ListMatch:
    """Match *subject* against the list *text*, which is expanded already.

    *expand* is for named lists inside it. *separator*: the one that a caller found before expansion.
    """
    walk = _Walk(ctx, subject, expand)
    try:
        found = walk.scan(text, separator, 0)
    except Deferred as error:
        raise ListDeferred(error.message, tuple(walk.log)) from None
    return ListMatch(found, subject.data, walk.item, tuple(walk.log))


def matches_item(ctx: Context, subject: Subject, item: str, expand: Expander, log: list[str]) -> bool:
    """Match against a list of one item, whatever separators stand in it."""
    walk = _Walk(ctx, subject, expand)
    walk.log = log
    item = item.strip(SPACE)
    return walk.scan_items((_item(item),), item, 0) if item else False


def expand_list(ctx: Context, text: str, expand: Expander) -> tuple[str, str]:
    """The expansion of a list as written in a configuration, and its separator if it names one: that is
    read before the expansion, so that what it inserts cannot change it."""
    separator, rest = leading_separator(text)
    return expand(rest, ctx), separator


class _Walk:
    """One match: the log lines of it and the item that decided."""

    __slots__ = ("ctx", "expand", "item", "log", "subject")

    def __init__(self, ctx: Context, subject: Subject, expand: Expander) -> None:
        self.ctx = ctx
        self.subject = subject
        self.expand = expand
        self.item: str | None = None
        self.log: list[str] = []

    def scan(self, text: str, separator: str, depth: int) -> bool:
        return self.scan_items(_items(text, separator), text, depth)

    def scan_items(self, items: tuple[Item, ...], text: str, depth: int) -> bool:
        subject = self.subject
        kind = subject.kind
        include_unknown: bool | None = None
        include_defer: bool | None = None
        positive = True
        for item in items:
            pattern = item.pattern
            first = pattern[:1]
            if first == "+":
                if pattern == "+caseful" and not item.negated and subject.make_caseful():
                    continue
                if kind is ListKind.HOST and not item.negated:
                    if pattern in _UNKNOWN_WORDS:
                        include_unknown = _UNKNOWN_WORDS[pattern]
                        continue
                    if pattern in _DEFER_WORDS:
                        include_defer = _DEFER_WORDS[pattern]
                        continue
            positive = not item.negated
            try:
                if first == "/":
                    decided, positive = self._file(item, text)
                elif first == "+" and kind is not ListKind.STRING:
                    decided = self._named(pattern, depth)
                else:
                    decided = subject.matches(pattern)
            except _Undecided:
                raise
            except Deferred as error:
                if include_defer is None:
                    raise _Undecided(error.message) from None
                decided = positive = include_defer
                if include_defer:
                    self.log.append(f"{error.message}: accepted by +include_defer")
            except HostUnknown as error:
                if include_unknown is None:
                    return False
                decided = positive = include_unknown
                if include_unknown:
                    self.log.append(f"{error}: accepted by +include_unknown")
            if decided:
                self.item = item.text
                return positive
        return not positive

    def _named(self, pattern: str, depth: int) -> bool:
        ctx, kind, name = self.ctx, self.subject.kind, pattern[1:]
        text = ctx.lists.get(kind.value, name) if ctx.lists is not None else None
        if text is None:
            shown = quoted(pattern, ctx.settings, ctx.target)
            self._undecided(f"unknown named {kind.words} list {shown}")
        if depth >= _DEEPEST:
            self._undecided(f'named {kind.words} list "{name}" contains itself')
        try:
            text, separator = self._expanded(text)
        except ForcedFailure:
            return False
        except Outcome as error:
            shown = quoted(text, ctx.settings, ctx.target)
            self._undecided(f"failed to expand {shown} while checking a list: {error.message}")
        return self.scan(text, separator, depth + 1)

    def _expanded(self, text: str) -> tuple[str, str]:
        """The text of a named list, with ``$domain`` set to the domain sought if it is not set."""
        ctx, domain = self.ctx, self.subject.domain
        if "$" not in text and "\\" not in text:
            return text, ""
        if domain is None or ctx.variables.get("domain"):
            return expand_list(ctx, text, self.expand)
        ctx.variables["domain"] = domain
        try:
            return expand_list(ctx, text, self.expand)
        finally:
            ctx.variables.pop("domain", None)

    def _undecided(self, message: str) -> NoReturn:
        self.log.append(message)
        raise _Undecided(NO_MESSAGE)

    def _file(self, item: Item, text: str) -> tuple[bool, bool]:
        """Whether a line of the file decides, and whether for yes."""
        subject, positive = self.subject, not item.negated
        hash_needs_space = subject.kind in (ListKind.ADDRESS, ListKind.LOCAL_PART)
        for line in self._file_text(item, text).split("\n"):
            pattern = _without_comment(line, hash_needs_space).strip(SPACE)
            if not pattern:
                continue
            positive = not item.negated
            if pattern[0] == "!":
                positive = not positive
                pattern = pattern[1:].lstrip(SPACE)
            if subject.matches(pattern):
                subject.data = pattern
                return True, positive
        return False, positive

    def _file_text(self, item: Item, text: str) -> str:
        files = self.ctx.services.files
        if files is None:
            raise no_service("file")
        try:
            return files.read(untaint(item.pattern))
        except OSError as error:
            shown = quoted(text, self.ctx.settings, self.ctx.target)
            reason = error.strerror or "No such file or directory"
            raise Died(f"failed to open {item.text} when checking {shown}: {reason}") from None


class _Undecided(Deferred):
    """A defer that no ``+ignore_defer`` reaches."""


def _without_comment(line: str, needs_space: bool) -> str:
    """*line* up to a comment; where local parts can stand, its ``#`` must come after white space."""
    at = line.find("#")
    while at > 0 and needs_space and line[at - 1] not in SPACE:
        at = line.find("#", at + 1)
    return line if at < 0 else line[:at]


@lru_cache(maxsize=1024)
def _items(text: str, separator: str) -> tuple[Item, ...]:
    return tuple(_item(text) for text in split(text, separator)[0])


def _item(text: str) -> Item:
    if text[:1] == "!":
        return Item(text, text[1:].lstrip(SPACE), True)
    return Item(text, text, False)
