"""Scanning a list: negation, files, named lists and their cache, what a defer or an unknown host means.

The kinds of lists differ in how one item is tested; a `Subject` does that. The order in which things
happen is Exim's, trace and log lines included. Spec: 10.1 to 10.2.6.
"""

from __future__ import annotations

from typing import Protocol

from eximconf.lookup.searches import Searches
from eximconf.match.items import ONE_ITEM, Item, WrittenList, list_items, written_list
from eximconf.match.list_file import file_items
from eximconf.match.log_lines import warn_tainted, write_log
from eximconf.match.verdict import (
    NO_MESSAGE,
    NOT_IN_LIST,
    Died,
    HostUnknown,
    ListCache,
    ListDeferred,
    ListKind,
    ListMatch,
    ListUse,
)
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.outcome import Deferred, ForcedFailure, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import at_least
from eximconf.runtime.trace import visible
from eximconf.runtime.value import Tainted

_DEEPEST = 50
_LONGEST_SHOWN = 2048
_NOTHING_SAID = ("", "(null)")


class Subject(Protocol):
    """What is looked for in a list. *name*: how a trace names it. *data*: what the last item that was
    tested gave. *domain*: the value of ``$domain`` while a named list is expanded, if it has none."""

    kind: ListKind
    name: str
    data: str | None
    domain: str | None

    @property
    def key(self) -> str:
        """The subject as it is compared now: the key for data in a cache."""
        ...

    def matches(self, pattern: str) -> bool:
        """Test one item. Raises `Deferred`, `HostUnknown` and `Died`."""
        ...

    def compared(self, text: str, use: ListUse) -> ListMatch | None:
        """The match of the list *text* at once, where its items only compare; None where it has to be scanned. The
        effects are the same, but for the trace."""
        ...

    def make_caseful(self) -> bool:
        """Obey ``+caseful``; False if that word means nothing here."""
        ...


def match_list(ctx: Context, subject: Subject, text: str | None, use: ListUse) -> ListMatch:
    """Match *subject* against the list *text*; None: an option that is not set, which holds nothing.

    Raises `ListDeferred` if that is not possible now, and `Died` for a fault that ends Exim.
    """
    if ctx.trace is None and not use.literal and type(text) is str:
        result = subject.compared(text, use)
        if result is not None:
            return result
    return scan_list(ctx, subject, text, use)


def scan_list(ctx: Context, subject: Subject, text: str | None, use: ListUse) -> ListMatch:
    """The same item by item, for callers that know that the list does more than compare."""
    if text is None:
        if ctx.trace is not None:
            ctx.trace.line(_unset(subject, use))
        return NOT_IN_LIST
    walk = _Walk(ctx, subject, use)
    written = walk.written(text, use.literal, use.single)
    try:
        found = walk.list(_Level(text, use.cache, use.option), written, 0)
    except ListDeferred as error:
        error.data = subject.data
        raise
    return ListMatch(found, subject.data, walk.item)


class _Level:
    """One list of a match: the list itself, or a named list in it.

    *source*: its text before expansion. *cache*: where results of named lists in it are kept. *cacheable*
    ends as False if its own result depends on more than the subject. *unknown*, *defer*: what the last
    ``+include_…`` or ``+ignore_…`` said. *positive*: the sign of the last item.
    """

    __slots__ = ("cache", "cacheable", "defer", "label", "option", "positive", "source", "unknown")

    def __init__(self, source: str, cache: ListCache | None, option: str = "") -> None:
        self.source = source
        self.option = option
        self.cache = cache
        self.cacheable = cache is not None
        self.label = ""
        self.unknown = self.defer = ""
        self.positive = True


class _Walk:
    """One match. *item*: the item of the outermost list that decided. *recent*: Exim is 4.99 or newer."""

    __slots__ = ("ctx", "item", "recent", "subject", "trace", "use")

    def __init__(self, ctx: Context, subject: Subject, use: ListUse) -> None:
        self.ctx = ctx
        self.subject = subject
        self.use = use
        self.trace = ctx.trace
        self.item: str | None = None
        self.recent = at_least(ctx.target, "4.99")

    def written(self, text: str, literal: bool = False, single: bool = False) -> WrittenList:
        """*text* taken apart as far as it can be before it is expanded."""
        if type(text) is Tainted:
            separator = ONE_ITEM if single else ""
            return WrittenList(separator, text, list_items(self.ctx, text, separator) if literal else None)
        return written_list(text, self.recent, literal, single)

    def list(self, level: _Level, written: WrittenList, depth: int) -> bool:
        """Whether the subject is in the list of *level*."""
        items = written.items
        if items is None:
            try:
                text = self._expanded(written.text)
            except ForcedFailure:
                if self.trace is not None:
                    shown = self._quoted(level.source)
                    self.trace.line(f"expansion of {shown} forced failure: assume not in this list")
                return False
            except Died:
                raise
            except Outcome as error:
                raise self._unexpanded(level.source, error) from None
            items = list_items(self.ctx, text, written.separator)
        else:
            text = written.text
        if self.trace is not None:
            level.label = _label(self.subject, level.option, text)
            self.trace.line(level.label)
            self.trace.level += 1
        return self._items(items, level, depth)

    def _expanded(self, text: str) -> str:
        """The text of a list, with ``$domain`` set to the domain sought if it is not set."""
        ctx, domain = self.ctx, self.subject.domain
        if domain is None or "domain" in ctx.variables or "domain" in ctx.computed:
            return self.use.expand(text, ctx)
        ctx.variables["domain"] = domain
        try:
            return self.use.expand(text, ctx)
        finally:
            ctx.variables.pop("domain", None)

    def _unexpanded(self, text: str, error: Outcome) -> ListDeferred:
        shown = self._quoted(text)
        self._log(f"failed to expand {shown} while checking a list: {error.message}", panic=True)
        said = Searches.of(
            self.ctx.services
        ).message  # the look-up's own words, without those of the expansion
        return ListDeferred(
            said if isinstance(error, Deferred) and said not in _NOTHING_SAID else NO_MESSAGE
        )

    def _items(self, items: tuple[Item, ...], level: _Level, depth: int) -> bool:
        trace = self.trace
        for item in items:
            if trace is not None:
                trace.line("list element: " + visible(item.text, self.recent))
            if item.text[:1] == "+" and self._is_setting(item.text, level):
                continue
            level.positive = not item.negated
            decided = self._decide(item, level, depth)
            if decided is not None:
                self.item = item.text
                return decided
        if trace is not None:
            trace.level -= 1
            trace.line(f"{level.label} {_yes(not level.positive)} (end of list)")
        return not level.positive

    def _is_setting(self, text: str, level: _Level) -> bool:
        """Obey an item that says how the items behind it are taken; False if it is none."""
        if self.subject.kind is ListKind.HOST:
            warn_tainted(self.ctx, text)
            word, _, about = text[1:].partition("_")
            if word in ("include", "ignore") and about in ("unknown", "defer"):
                setattr(level, about, word)
                return True
        if text != "+caseful" or not self.subject.make_caseful():
            return False
        warn_tainted(self.ctx, text)
        return True

    def _decide(self, item: Item, level: _Level, depth: int) -> bool | None:
        """The result of the list if *item* decides it, else None."""
        first = item.pattern[:1]
        if first == "/":
            return self._file(item, level)
        if first == "+" and self.subject.kind is not ListKind.STRING:
            return self._named(item, level, depth)
        try:
            if not self.subject.matches(item.pattern):
                return None
        except Deferred as error:
            return self._after_defer(error.message, item.pattern, item, level)
        except HostUnknown as error:
            return self._after_unknown(str(error), level)
        self._matched(item, level, f"matched {self._traced(item.text)}")
        return level.positive

    def _matched(self, item: Item, level: _Level, how: str) -> None:
        trace = self.trace
        if trace is not None:
            trace.line(f"{level.label} {_yes(not item.negated)} ({how})")
            trace.level -= 1

    # A named list

    def _named(self, item: Item, level: _Level, depth: int) -> bool | None:
        pattern, cached = item.pattern, ""
        name = pattern[1:]
        if self.trace is not None:
            self.trace.line(f" start sublist {name}")
            self.trace.level += 2
        warn_tainted(self.ctx, pattern)
        source = self._source(item, level, depth)
        cache = level.cache if self._is_constant(name, source) else None
        found = cache.found.get(name) if cache is not None else None
        if found is None:
            found = self._test_named(item, level, _Level(source, cache), depth)
        else:
            self._recall(name, found, cache)
            cached = " - cached"
        if not found:
            return None
        self._matched(item, level, f"matched {self._traced(item.text)}{cached}")
        return level.positive

    def _source(self, item: Item, level: _Level, depth: int) -> str:
        """The text of a named list."""
        ctx, kind = self.ctx, self.subject.kind
        text = ctx.lists.get(kind.value, item.pattern[1:]) if ctx.lists is not None else None
        if text is None:
            self._log(f"unknown named {kind.words} list {self._quoted(item.pattern)}", panic=True)
        elif depth >= _DEEPEST:
            self._log(f"named {kind.words} list {self._quoted(item.pattern)} contains itself", panic=True)
        else:
            return text
        raise self._deferral(NO_MESSAGE, item, level)

    def _is_constant(self, name: str, source: str) -> bool:
        """Whether the list is always the same, as far as Exim knows."""
        lists = self.ctx.lists
        return "$" not in source or (
            lists is not None and lists.always_cached(self.subject.kind.value, name)
        )

    def _test_named(self, item: Item, level: _Level, inner: _Level, depth: int) -> bool:
        name = item.pattern[1:]
        try:
            result = None
            if self.trace is None:
                use = self.use._replace(single=False, cache=inner.cache)
                result = self.subject.compared(inner.source, use)
            found = (
                result.found
                if result is not None
                else self.list(inner, self.written(inner.source), depth + 1)
            )
        except Deferred as error:
            self._end_sublist(name)
            raise self._deferral(error.message, item, level) from None
        self._end_sublist(name)
        self.item = None  # what decided the inner list may not decide this one
        if not inner.cacheable:
            level.cacheable = False
        elif inner.cache is not None:
            self._remember(name, found, inner.cache)
        return found

    def _end_sublist(self, name: str) -> None:
        if self.trace is not None:
            self.trace.level -= 2
            self.trace.line(f" end sublist {name}")

    def _remember(self, name: str, found: bool, cache: ListCache) -> None:
        cache.found[name] = found
        if not self.use.wants_data:
            return
        key, data = self.subject.key, self.subject.data
        cache.data[name, key] = data
        if self.trace is not None and data is not None:
            self.trace.line(f"data from lookup saved for cache for +{name}: key '{key}' value '{data}'")

    def _recall(self, name: str, found: bool, cache: ListCache | None) -> None:
        subject, trace = self.subject, self.trace
        if trace is not None:
            trace.level -= 2
            trace.line(f"cached {_yes(found)} match for +{name}")
        if cache is None or not self.use.wants_data:
            return
        subject.data = cache.data.get((name, subject.key), subject.data)
        if trace is not None:
            trace.line(f"cached lookup data = {NO_MESSAGE if subject.data is None else subject.data}")

    # A file

    def _file(self, item: Item, level: _Level) -> bool | None:
        """The result of the list if a line of the file decides it."""
        subject = self.subject
        shown = f"{item.text} when checking {level.option or self._quoted(level.source)}"
        for line in file_items(self.ctx, item.pattern, subject.kind, shown):
            level.positive, pattern = not item.negated, line
            if line[0] == "!":
                level.positive, pattern = item.negated, line[1:].lstrip(SPACE)
            try:
                if not subject.matches(pattern):
                    continue
            except Deferred as error:
                decided = self._after_defer(error.message, pattern, item, level, in_file=True)
            except HostUnknown as error:
                decided = self._after_unknown(str(error), level, in_file=True)
            else:
                self._matched(item, level, f"matched {self._traced(line)} in {item.pattern}")
                subject.data, decided = pattern, level.positive
            if decided is not None:
                return decided
        return None

    # What cannot be decided

    def _after_defer(
        self, message: str, pattern: str, item: Item, level: _Level, in_file: bool = False
    ) -> bool | None:
        """What ``+ignore_defer`` or ``+include_defer`` makes of a defer."""
        error = f"DNS lookup of {self._quoted(pattern)} deferred"
        if level.defer == "ignore":
            if self.trace is not None:
                self.trace.line(f"{error}: item ignored by +ignore_defer")
            return None
        if level.defer == "include":
            self._log(f"{error}: accepted by +include_defer")
            self._leave(in_file)
            return True
        raise self._deferral(error if message == NO_MESSAGE and not in_file else message, item, level)

    def _after_unknown(self, error: str, level: _Level, in_file: bool = False) -> bool | None:
        """What ``+ignore_unknown`` or ``+include_unknown`` makes of a host that is not known."""
        if level.unknown == "ignore":
            if self.trace is not None:
                self.trace.line(f"{error}: item ignored by +ignore_unknown")
            return None
        include = level.unknown == "include"
        if self.trace is not None:
            self.trace.line(f"{level.label} {_yes(include)} ({error})")
        if include:
            self._log(f"{error}: accepted by +include_unknown")
        else:
            self._log(f"list matching forced to fail: {error}", selector="unknown_in_list")
        self._leave(in_file)
        return include

    def _leave(self, in_file: bool) -> None:
        """Take the indentation back. Exim (4.100-dev) forgets that outside files."""
        if self.trace is not None and in_file:
            self.trace.level -= 1

    def _deferral(self, message: str, item: Item, level: _Level) -> ListDeferred:
        """The end of this list, at *item*."""
        if self.trace is not None:
            self.trace.level -= 1
            self.trace.line(f"{level.label} list match deferred for {item.text}")
        return ListDeferred(message)

    # Words

    def _log(self, text: str, *, panic: bool = False, selector: str = "") -> None:
        write_log(self.ctx, text, panic=panic, selector=selector)

    def _quoted(self, text: str) -> str:
        return quoted(text, self.ctx.settings, self.ctx.target)

    def _traced(self, text: str) -> str:
        """*text* in quotes for a trace line; "" if there is no trace."""
        return self._quoted(text) if self.trace is not None else ""


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"


def _label(subject: Subject, option: str, text: str) -> str:
    """How trace lines name a match: by the option, or by the text of the list."""
    if option:
        return f"{subject.name} in {option}?"
    dots = "..." if len(text) >= _LONGEST_SHOWN else ""
    return f'{subject.name} in "{text[:_LONGEST_SHOWN]}"{dots}?'


def _unset(subject: Subject, use: ListUse) -> str:
    if use.option:
        return f"{subject.name} in {use.option}? no (option unset)"
    return f"{subject.name} not in empty list (option unset? cannot trace name)"
