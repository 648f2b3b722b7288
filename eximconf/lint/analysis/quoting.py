"""In what quotes a part of an SQL statement stands, and in which part of an LDAP URL."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from eximconf.syntax.expansion_nodes import Concat, If, Item, Lookup, Node, Text

_QUOTES = "'\"`"
_DEEPEST = 30


class Piece(NamedTuple):
    """*node*, a part of a statement that is only known at run time, inside *quote* (``'``, ``"``, `````), or "" outside
    of all."""

    node: Node
    quote: str


def sql_pieces(statement: Node, *, escapes: bool) -> Iterator[Piece]:
    """The parts of *statement* that are not constant. *escapes*: a backslash escapes a quote, as in MySQL."""
    found: list[Piece] = []
    _read(statement, "", escapes, found, 0)
    yield from found


def _read(node: Node, quote: str, escapes: bool, found: list[Piece], depth: int) -> str:
    """Add the pieces of *node*; the quote that is open behind it."""
    if type(node) is Text:
        return _behind(node.value, quote, escapes)
    if type(node) is Concat:
        for constant, pieces in groupby(node.pieces, lambda piece: type(piece) is Text):
            if constant:
                text = "".join(piece.value for piece in pieces if type(piece) is Text)
                quote = _behind(text, quote, escapes)
            else:
                for piece in pieces:
                    quote = _read(piece, quote, escapes, found, depth)
        return quote
    branches = node.branches if isinstance(node, (If, Item, Lookup)) else None
    if branches is None or branches.yes is None or depth > _DEEPEST:
        found.append(Piece(node, quote))
        return quote
    after = _read(branches.yes, quote, escapes, found, depth + 1)
    if branches.no is not None:
        _read(branches.no, quote, escapes, found, depth + 1)
    return after


def _behind(text: str, quote: str, escapes: bool) -> str:
    """The quote that is open behind *text*, where *quote* is open before it."""
    at = 0
    while at < len(text):
        octet = text[at]
        if octet == "\\" and escapes and quote:
            at += 1
        elif octet == quote:
            quote = ""
        elif not quote and octet in _QUOTES:
            quote = octet
        at += 1
    return quote


def ldap_pieces(query: Node) -> Iterator[tuple[Node, str]]:
    """The parts of an LDAP query that are not constant, each with the part of the URL that it stands in: ``base``,
    ``filter``, or "" for any other place."""
    before = ""
    for piece in query.pieces if type(query) is Concat else (query,):
        if type(piece) is Text:
            before += piece.value
        else:
            yield piece, _part_of_url(before)
            before += "x"


def _part_of_url(before: str) -> str:
    """The part of an LDAP URL that what follows *before* is in."""
    settings, colon, url = before.rpartition("://")
    if not colon or not settings.lower().endswith(("ldap", "ldaps", "ldapi")) or "/" not in url:
        return ""
    return {0: "base", 3: "filter"}.get(url.count("?"), "")
