"""Address lists whose items only compare: matched at once, where nobody reads a trace; as `match.compared`.

Spec: 10.5, 10.2.6.
"""

from __future__ import annotations

from typing import NamedTuple

from eximconf.match.address_items import AddressItem, ItemKind, address_item
from eximconf.match.compared import kept, list_regex, named_text, recalled, remember
from eximconf.match.items import Item
from eximconf.match.verdict import Expander, ListCache, ListKind, ListMatch
from eximconf.runtime.context import Context


class _Part(NamedTuple):
    """An item: the parts of an address, or the named list *name*."""

    item: Item
    parts: AddressItem
    name: str


class ComparedAddresses:
    """A list of addresses; use `compared_addresses` to get one."""

    __slots__ = ("expand", "parts")

    def __init__(self, expand: Expander, parts: tuple[_Part, ...]) -> None:
        self.expand = expand
        self.parts = parts

    def match(
        self,
        ctx: Context,
        text: str,
        data: str | None,
        cache: ListCache | None,
        wants_data: bool,
        depth: int = 0,
    ) -> ListMatch | None:
        """Match the address *text*, in lower case, which has an ``@`` or is empty; None where a named list does more
        than compare. *data*: what the result has where no item gives anything. *cache*, *wants_data*: see `ListUse`."""
        local_part, _, domain = text.rpartition("@")
        for item, parts, name in self.parts:
            if name:
                result = recalled(cache, name, text, data, wants_data)
                if result is None:
                    source = named_text(ctx, ListKind.ADDRESS, name, depth)
                    inner = None if source is None else compared_addresses(ctx, source, self.expand)
                    result = None if inner is None else inner.match(ctx, text, data, cache, wants_data, depth + 1)
                    if result is None:
                        return None
                    remember(cache, name, text, result, wants_data)
                found, data = result.found, result.data
            elif parts.kind is ItemKind.REGEX:
                ctx.numbers = []
                found = list_regex(item.pattern, True).matches(text)
            elif not text:
                found = not item.pattern
            elif not item.pattern:
                found, data = False, None
            elif parts.fits_local_part(local_part):
                ctx.numbers = []
                found = parts.fits_domain(domain)
                data = _given(item.pattern, parts, len(local_part), found)
            else:
                found = False
            if found:
                return ListMatch(not item.negated, data, item.text)
        return ListMatch(self.parts[-1].item.negated, data, None)


def _given(pattern: str, parts: AddressItem, at: int, found: bool) -> str | None:
    """What an item gives whose local part fits; one with a local part gives as much of itself as the address has of
    one."""
    if parts.split_at < 0:
        return f"@{pattern}" if found else None
    return f"{pattern[:at]}@{pattern[parts.split_at + 1 :] if found else ''}"


def compared_addresses(ctx: Context, text: str, expand: Expander) -> ComparedAddresses | None:
    """The list *text*, which is not tainted, if it has nothing but named lists and items that compare, else None."""
    return kept(ctx, text, ListKind.ADDRESS, expand, False, _made)


def _made(items: tuple[Item, ...], _kind: ListKind, expand: Expander) -> ComparedAddresses | None:
    parts = tuple(map(_part, items))
    return None if None in parts else ComparedAddresses(expand, tuple(part for part in parts if part is not None))


def _part(item: Item) -> _Part | None:
    pattern = item.pattern
    parts = address_item(pattern)
    if pattern[:1] == "+":
        return None if pattern in ("+", "+caseful") else _Part(item, parts, pattern[1:])
    if parts.kind is ItemKind.REGEX:
        return _Part(item, parts, "")
    if pattern[:1] == "/" or parts.kind is not ItemKind.PARTS or not (parts.domain or not pattern):
        return None
    return _Part(item, parts, "")
