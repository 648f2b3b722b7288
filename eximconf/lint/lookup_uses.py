"""Look-ups wherever they stand: in expansions, and as items of lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eximconf.catalog.lookup_types import LOOKUP_TYPES
from eximconf.lint.parts import StringValue
from eximconf.lint.span import Span
from eximconf.lint.static import UNKNOWN, Static, flattened, list_items
from eximconf.lint.strings import LIST_KINDS
from eximconf.syntax.expansion_nodes import Concat, Item, Lookup, Node, Number, Variable, walk

_SPELLED = re.compile(r"(?:partial[0-9]*(?:-|\([^)]*\)))?([^*,]*)(?:\*+(?:@\**)?)?(?:,.*)?", re.DOTALL)
_ITEM = re.compile(r"(![ \t\n]*)?(?:(net[0-9]*-))?([^;\0]*?)[ \t\n]*;", re.DOTALL)


class LookupUse(NamedTuple):
    """A look-up. *spelled*: its type as written (``partial-lsearch*@,ret=key``), at *spelled_at*.

    *source*: the file or query behind it, with `UNKNOWN` for what is only known at run time, at *source_at*;
    *node* is its tree, None in a list.
    """

    spelled: str
    spelled_at: Span
    source: str
    source_at: Span
    node: Node | None = None

    @property
    def type(self) -> str:
        """The bare type: ``lsearch``."""
        return bare_type(self.spelled)

    @property
    def type_at(self) -> Span:
        """Where the bare type stands."""
        start = self.spelled_at.start + max(self.spelled.find(self.type), 0)
        return Span(start, start + len(self.type))

    def options(self) -> Iterator[tuple[str, Span]]:
        """The options behind commas, and where they stand."""
        at = self.spelled_at.start + len(self.spelled.partition(",")[0]) + 1
        for option in self.spelled.split(",")[1:]:
            yield option, Span(at, at + len(option))
            at += len(option) + 1


def bare_type(spelled: str) -> str:
    """The type in ``partial-lsearch*@,ret=key``."""
    match = _SPELLED.fullmatch(spelled)
    return match[1] if match else spelled


def of_node(node: Lookup) -> LookupUse:
    """The look-up of an expansion."""
    known, use = _last_of_node[0]
    if known is not node:
        use = _of_node(node)
        _last_of_node[0] = (node, use)
    assert use is not None
    return use


_last_of_node: list[tuple[Lookup | None, LookupUse | None]] = [(None, None)]
"""One rule after the other asks about the same node."""


def _of_node(node: Lookup) -> LookupUse:
    source = node.source
    at = Span(node.kind_start, node.kind_start + len(node.kind))
    return LookupUse(node.kind, at, flattened(source)[0], Span(source.start, source.end), source)


def in_list(string: StringValue) -> tuple[LookupUse, ...]:
    """The look-ups among the items of a list of domains, hosts, addresses or local parts."""
    if ";" not in string.source.text or string.expansion is None:
        return ()
    known, uses = _last_in_list[0]
    if known is not string:
        uses = tuple(_in_list(string))
        _last_in_list[0] = (string, uses)
    return uses


_last_in_list: list[tuple[StringValue | None, tuple[LookupUse, ...]]] = [(None, ())]


def _in_list(string: StringValue) -> Iterator[LookupUse]:
    kind = LIST_KINDS.get(string.value)
    if kind is None or string.expansion is None:
        return
    for item in list_items(string.expansion.body):
        if ";" in item.text and (use := _of_item(kind, item)) is not None:
            yield use


def _of_item(kind: str, item: Static) -> LookupUse | None:
    text = item.text
    skipped = len(text) - len(text.lstrip("! \t\n"))
    front = text[skipped:]
    if front.startswith(("^", "\\N^")) or (front.startswith("@") and kind != "address"):
        return None
    if kind == "address":
        local, at_sign, _ = front.partition("@")
        if front.startswith("@@"):
            skipped += 2
        elif at_sign and ";" not in local and bare_type(front.partition(";")[0]) not in LOOKUP_TYPES:
            skipped += len(local) + 1
    match = _ITEM.match(text, skipped)
    if match is None or (match[2] and kind != "host"):
        return None
    straight = len(text) == item.span.end - item.span.start
    place = Span(item.span.start + match.start(3), item.span.start + match.end(3)) if straight else item.span
    source = Span(item.span.start + match.end(), item.span.end) if straight else item.span
    return LookupUse(match[3], place, text[match.end() :].strip(" \t\n"), source)


def opens_file(use: LookupUse) -> bool:
    """Whether the source of *use* is the name of a file."""
    entry = LOOKUP_TYPES.get(use.type)
    return entry is not None and entry.absolute_file and not entry.query


def is_known(use: LookupUse) -> bool:
    """Whether there is such a type of look-up, or it is only known at run time."""
    return use.type in LOOKUP_TYPES or UNKNOWN in use.spelled


def may_find_nothing(node: Lookup | Item) -> bool:
    """Whether *node* is a look-up without a default, or a part of what such a look-up finds."""
    if isinstance(node, Item):
        inner = node.arguments[-1] if node.arguments else None
        taken = node.name in ("extract", "listextract") and (
            node.branches is None or node.branches.yes is None
        )
        return taken and isinstance(inner, Lookup) and may_find_nothing(inner)
    branches = node.branches
    gives = branches.yes is None or isinstance(branches.yes, (Variable, Number, Concat))
    if not gives or branches.no is not None or branches.fail or "*" in node.kind or "wild" in node.kind:
        return False
    return node.key is None or any(isinstance(part, Variable) for part in walk(node.key))
