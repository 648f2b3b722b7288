"""Lists whose items only compare: matched at once, without a walk, where nobody reads a trace.

The effects are those of `match.lists`: the results of named lists in the cache, and ``$0``, ``$1`` … Most lists of
most configurations are of this kind, and most of the time that an ACL takes goes into them. Spec: 10.2.6, 10.3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar

from eximconf.match.items import Item, list_items, written_list
from eximconf.match.local_host import is_local_literal, primary_hostname
from eximconf.match.regex import Regex, RegexError, compile_regex
from eximconf.match.verdict import Died, Expander, ListCache, ListKind, ListMatch
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted, ascii_lower, untaint

_DEEPEST = 10

_Find: TypeAlias = Callable[[Context, str, str, bool], "ListMatch | None"]
"""The result of an item for a string in lower case, the string as it was given, and whether a match sets ``$0`` …."""


class _Wild(NamedTuple):
    """An item that matches the end of a string, in lower case, or (*ending* is None) what *find* says."""

    at: int
    ending: str | None
    find: _Find


class _Strings:
    """Items that stand next to each other: *literals* by what they are, the others in order; *results*: of each.
    *of_machine*: one of them stands for this machine."""

    __slots__ = ("literals", "of_machine", "results", "wild")

    def __init__(self) -> None:
        self.literals: dict[str, int] = {}
        self.wild: list[_Wild] = []
        self.results: list[ListMatch] = []
        self.of_machine = False

    def add(self, item: Item, kind: ListKind) -> None:
        pattern, at = untaint(item.pattern), len(self.results)
        result = ListMatch(not item.negated, item.pattern, item.text)
        self.results.append(result)
        if kind is ListKind.DOMAIN and pattern in _OF_MACHINE:
            self.of_machine = True
            self.wild.append(_Wild(at, None, _OF_MACHINE[pattern](result)))
        elif pattern[:1] == "^":
            self.wild.append(_Wild(at, None, _regex(pattern, result)))
        elif pattern[:1] == "*":
            self.wild.append(_Wild(at, ascii_lower(pattern[1:]), _nothing))
        else:
            self.literals.setdefault(ascii_lower(pattern), at)

    def match(self, ctx: Context, text: str, name: str, numbered: bool) -> ListMatch | None:
        """The result of the first item that matches *text*, None if none does. Regular expressions see *name*."""
        found = self.literals.get(text)
        for at, ending, find in self.wild:
            if found is not None and at > found:
                break
            if ending is None:
                result = find(ctx, text, name, numbered)
                if result is not None:
                    return result
            elif text.endswith(ending):
                wild = text[: len(text) - len(ending)]
                ctx.numbers = [text, Tainted(wild) if type(text) is Tainted else wild] if numbered else []
                return self.results[at]
        ctx.numbers = [text] if numbered and found is not None else []
        return None if found is None else self.results[found]


def _nothing(_ctx: Context, _text: str, _name: str, _numbered: bool) -> ListMatch | None:
    return None


def _regex(pattern: str, result: ListMatch) -> _Find:
    def find(ctx: Context, _text: str, name: str, numbered: bool) -> ListMatch | None:
        match = list_regex(pattern, True).search(name)
        if match is None:
            return None
        ctx.numbers = [name, *match.numbers(1)] if numbered else []
        return result

    return find


def _hostname(result: ListMatch) -> _Find:
    def find(ctx: Context, text: str, _name: str, numbered: bool) -> ListMatch | None:
        hostname = primary_hostname(ctx)
        if text != ascii_lower(hostname):
            return None
        ctx.numbers = [text] if numbered else []
        return result._replace(data=hostname)

    return find


def _local_address(result: ListMatch) -> _Find:
    def find(ctx: Context, text: str, _name: str, numbered: bool) -> ListMatch | None:
        if not is_local_literal(ctx, text):
            return None
        ctx.numbers = [text] if numbered else []
        return result

    return find


_OF_MACHINE = {"@": _hostname, "@[]": _local_address}
"""Items of domain lists that stand for this machine."""


class _Named(NamedTuple):
    """An item that is the named list *name*."""

    item: Item
    name: str


_Part: TypeAlias = "_Strings | _Named"


class ComparedList:
    """A list of domains or local parts, or of other strings; use `compared_list` to get one."""

    __slots__ = ("expand", "kind", "no_match", "parts")

    def __init__(self, kind: ListKind, expand: Expander, items: tuple[Item, ...]) -> None:
        self.kind = kind
        self.expand = expand
        self.no_match = ListMatch(items[-1].negated, None, None)
        self.parts: list[_Part] = []
        for item in items:
            self._add(item)

    def _add(self, item: Item) -> None:
        if item.pattern[:1] == "+" and self.kind is not ListKind.STRING:
            self.parts.append(_Named(item, untaint(item.pattern[1:])))
            return
        if not self.parts or type(self.parts[-1]) is not _Strings:
            self.parts.append(_Strings())
        last = self.parts[-1]
        assert type(last) is _Strings
        last.add(item, self.kind)

    def of_machine(self, ctx: Context, depth: int = 0) -> bool:
        """Whether the result may be another one on another machine."""
        for part in self.parts:
            if type(part) is _Named:
                inner = self._inner(ctx, part.name, depth)
                if inner is None or inner.of_machine(ctx, depth + 1):
                    return True
            elif type(part) is _Strings and part.of_machine:
                return True
        return False

    def _inner(self, ctx: Context, name: str, depth: int) -> ComparedList | None:
        """The named list *name*, None if it does more than compare."""
        source = named_text(ctx, self.kind, name, depth)
        return None if source is None else compared_list(ctx, source, self.kind, self.expand)

    def match(
        self,
        ctx: Context,
        text: str,
        name: str,
        cache: ListCache | None = None,
        wants_data: bool = True,
        numbered: bool = True,
        depth: int = 0,
    ) -> ListMatch | None:
        """Match *name*, in lower case *text*; None where a named list does more than compare.

        *numbered*: a match sets ``$0`` … of *ctx*. *cache*, *wants_data*: see `ListUse`. Raises `Died`.
        """
        data: str | None = None
        for part in self.parts:
            if type(part) is _Strings:
                result = part.match(ctx, text, name, numbered)
                if result is not None:
                    return result
                data = None
                continue
            assert type(part) is _Named
            result = recalled(cache, part.name, text, data, wants_data)
            if result is None:
                inner = self._inner(ctx, part.name, depth)
                result = None if inner is None else inner.match(ctx, text, name, cache, wants_data, numbered, depth + 1)
                if result is None:
                    return None
                remember(cache, part.name, text, result, wants_data)
            data = result.data
            if result.found:
                return ListMatch(not part.item.negated, data, part.item.text)
        return self.no_match if data is None else self.no_match._replace(data=data)


def named_text(ctx: Context, kind: ListKind, name: str, depth: int) -> str | None:
    """The text of a named list that stands *depth* lists deep; None if there is none, or it is too deep for us."""
    return None if ctx.lists is None or depth >= _DEEPEST else ctx.lists.get(kind.value, name)


def recalled(
    cache: ListCache | None, name: str, key: str, data: str | None, wants_data: bool
) -> ListMatch | None:
    """What *cache* has of the named list *name* for the subject *key*, None for nothing. *data* stays what it is where
    the cache has none."""
    found = cache.found.get(name) if cache is not None else None
    if found is None or cache is None:
        return None
    return ListMatch(found, cache.data.get((name, key), data) if wants_data else data, None)


def remember(cache: ListCache | None, name: str, key: str, result: ListMatch, wants_data: bool) -> None:
    """Keep the result of the named list *name* for the subject *key*."""
    if cache is not None:
        cache.found[name] = result.found
        if wants_data:
            cache.data[name, key] = result.data


def compared_list(
    ctx: Context, text: str, kind: ListKind, expand: Expander, single: bool = False
) -> ComparedList | None:
    """The list *text*, which is not tainted, if its items only compare, else None. *single*: see `ListUse`."""
    return kept(ctx, text, kind, expand, single, _made)


_KEPT: dict[tuple[str, ListKind, Expander, bool, str], Any] = {}
_MOST_KEPT = 4096
_Kept = TypeVar("_Kept")


def kept(
    ctx: Context,
    text: str,
    kind: ListKind,
    expand: Expander,
    single: bool,
    make: Callable[[tuple[Item, ...], ListKind, Expander], _Kept | None],
) -> _Kept | None:
    """What *make* makes of the items of *text*, from the time before; None if the text has to be expanded anew each
    time."""
    key = (text, kind, expand, single, ctx.target)
    if key in _KEPT:
        found: _Kept | None = _KEPT[key]
        return found
    if len(_KEPT) >= _MOST_KEPT:
        _KEPT.clear()
    items = _constant_items(ctx, text, expand, single)
    found = _KEPT[key] = make(items, kind, expand) if items else None
    return found


def _constant_items(ctx: Context, text: str, expand: Expander, single: bool) -> tuple[Item, ...] | None:
    """The items of a list whose expansion is always the same, else None."""
    written = written_list(text, at_least(ctx.target, "4.99"), False, single)
    if written.items is not None or "$" in text:
        return written.items
    try:
        return list_items(ctx, expand(written.text, ctx), written.separator)
    except Outcome:
        return None


def _made(items: tuple[Item, ...], kind: ListKind, expand: Expander) -> ComparedList | None:
    for item in items:
        first = item.pattern[:1]
        if first == "^":
            continue
        if first == "/" or ";" in item.pattern or item.pattern == "+caseful":
            return None
        if first == "@" and kind is ListKind.DOMAIN and item.pattern not in _OF_MACHINE:
            return None
    return ComparedList(kind, expand, items)


def list_regex(pattern: str, caseless: bool) -> Regex:
    """The regular expression of a list item. One that is wrong ends Exim: raises `Died`."""
    try:
        return compile_regex(pattern, caseless)
    except RegexError as error:
        where = f"{error.message} at offset {error.offset} while compiling {pattern}"
        raise Died(f"regular expression error: {where}") from None
