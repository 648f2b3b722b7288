"""What an expansion can be known to give without running it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from eximconf.lint.span import Span
from eximconf.syntax.expansion_nodes import Branches, Broken, Concat, If, Item, Lookup, Node, Text
from eximconf.syntax.lists import split_list

UNKNOWN = "\x00"
"""Stands in a flattened text for what is only known at run time."""
_BLANKS = " \t\n\v\f\r"
_DEEPEST = 100


class Static(NamedTuple):
    """A text that is known, and where it was written."""

    text: str
    span: Span


def fixed(node: Node) -> Static | None:
    """The text that *node* always gives, without white space round it, or None."""
    if type(node) is Text:
        return _stripped(node.value, node.start, node.end)
    if type(node) is Concat and all(type(piece) is Text for piece in node.pieces):
        joined = "".join(piece.value for piece in node.pieces if type(piece) is Text)
        return _stripped(joined, node.start, node.end)
    return None


def _stripped(text: str, start: int, end: int) -> Static:
    left = len(text) - len(text.lstrip(_BLANKS))
    bare = text.strip(_BLANKS)
    if len(text) != end - start:
        return Static(bare, Span(start, end))
    return Static(bare, Span(start + left, start + left + len(bare)))


def outcomes(node: Node, depth: int = 0) -> tuple[list[Static], bool]:
    """The texts that *node* can give, and whether these are all. What is nested deeper than anyone
    writes by hand counts as unknown."""
    if depth > _DEEPEST:
        return [], False
    known = fixed(node)
    if known is not None:
        return [known], True
    if type(node) is Concat:
        inner = [piece for piece in node.pieces if not (type(piece) is Text and not piece.value.strip(_BLANKS))]
        return outcomes(inner[0], depth + 1) if len(inner) == 1 else ([], False)
    if type(node) is If and type(node.test) is Broken:  # what its braces mean is anybody's guess
        return [], False
    if isinstance(node, (If, Lookup, Item)) and node.branches is not None:
        return _of_branches(node.branches, type(node) is If, depth + 1)
    return [], False


def _of_branches(branches: Branches, test: bool, depth: int) -> tuple[list[Static], bool]:
    if branches.yes is None:
        return [], test
    texts, complete = outcomes(branches.yes, depth)
    if branches.no is not None:
        more, all_of_it = outcomes(branches.no, depth)
        return texts + more, complete and all_of_it
    return texts, complete


def flattened(node: Node) -> tuple[str, Sequence[int]]:
    """The text of *node* with `UNKNOWN` for what is not static, and the offset of each octet."""
    if type(node) is Text and len(node.value) == node.end - node.start:
        return node.value, range(node.start, node.end)
    pieces = node.pieces if type(node) is Concat else (node,)
    text: list[str] = []
    offsets: list[int] = []
    for piece in pieces:
        if type(piece) is Text:
            text.append(piece.value)
            if len(piece.value) == piece.end - piece.start:
                offsets.extend(range(piece.start, piece.end))
            else:
                offsets.extend([piece.start] * len(piece.value))
        else:
            text.append(UNKNOWN)
            offsets.append(piece.start)
    return "".join(text), offsets


def list_items(node: Node) -> tuple[Static, ...]:
    """The items of the list that *node* gives. One that holds `UNKNOWN` is not (wholly) static."""
    known, items = _last_items[0]
    if known is not node:
        items = tuple(_list_items(node))
        _last_items[0] = (node, items)
    return items


_last_items: list[tuple[Node | None, tuple[Static, ...]]] = [(None, ())]
"""One rule after the other asks about the same list."""


def _list_items(node: Node) -> Iterator[Static]:
    text, offsets = flattened(node)
    for item in split_list(text).items:
        if item.text:
            first = offsets[item.start]
            yield Static(item.text, Span(first, max(offsets[item.end - 1], first) + 1))
