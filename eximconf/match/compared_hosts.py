"""Host lists of nothing but addresses and networks: matched at once, where nobody reads a trace; as `match.compared`.

Spec: 10.4.1, 10.2.6.
"""

from __future__ import annotations

from typing import NamedTuple

from eximconf.match.compared import kept, named_text, recalled, remember
from eximconf.match.ip import Address, Network, parse_address, parse_network
from eximconf.match.items import Item
from eximconf.match.local_host import local_addresses
from eximconf.match.verdict import Expander, ListCache, ListKind, ListMatch
from eximconf.runtime.context import Context

_NO_ADDRESS = Address(0, 0)


class _Part(NamedTuple):
    """An item: *network* it is, *name* of the list that it is, or *special*: ``*``, ``@[]``, or an empty one."""

    item: Item
    network: Network | None
    name: str
    special: str


class ComparedHosts:
    """A list of hosts by address; use `compared_hosts` to get one."""

    __slots__ = ("expand", "parts")

    def __init__(self, expand: Expander, parts: tuple[_Part, ...]) -> None:
        self.expand = expand
        self.parts = parts

    def match(
        self,
        ctx: Context,
        address: str,
        data: str | None,
        cache: ListCache | None,
        wants_data: bool,
        depth: int = 0,
    ) -> ListMatch | None:
        """Match *address*, "" for input that comes from no host; None where a named list does more than compare.
        *data*: what the result has where no list gives anything. *cache*, *wants_data*: see `ListUse`."""
        host = parse_address(address) or _NO_ADDRESS
        for item, network, name, special in self.parts:
            if name:
                result = recalled(cache, name, address, data, wants_data)
                if result is None:
                    source = named_text(ctx, ListKind.HOST, name, depth)
                    inner = None if source is None else compared_hosts(ctx, source, self.expand)
                    result = None if inner is None else inner.match(ctx, address, data, cache, wants_data, depth + 1)
                    if result is None:
                        return None
                    remember(cache, name, address, result, wants_data)
                found, data = result.found, result.data
            elif network is not None:
                found = network.holds(host) if address else False
            elif special == "@[]":
                found = address != "" and address in local_addresses(ctx)
            else:
                found = special == "*" or not address
            if found:
                return ListMatch(not item.negated, data, item.text)
        return ListMatch(self.parts[-1].item.negated, data, None)


def compared_hosts(ctx: Context, text: str, expand: Expander) -> ComparedHosts | None:
    """The list *text*, which is not tainted, if it has nothing but addresses, networks, ``*``, ``@[]``, empty items and
    named lists, else None."""
    return kept(ctx, text, ListKind.HOST, expand, False, _made)


def _made(items: tuple[Item, ...], _kind: ListKind, expand: Expander) -> ComparedHosts | None:
    parts = tuple(map(_part, items))
    return None if None in parts else ComparedHosts(expand, tuple(part for part in parts if part is not None))


def _part(item: Item) -> _Part | None:
    pattern = item.pattern
    if pattern in ("", "*", "@[]"):
        return _Part(item, None, "", pattern)
    if pattern[:1] == "+":
        about = pattern[1:].partition("_")[0]
        return None if about in ("include", "ignore", "") else _Part(item, None, pattern[1:], "")
    network = parse_network(pattern)
    return None if network is None else _Part(item, network, "", "")
