"""Who refers to what by name: ACLs, named lists, routers, transports, authenticators.

References are collected while the strings are walked, so that undefined names and definitions that
nothing uses are found in the same pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eximconf.catalog.acl import ACL_VERBS
from eximconf.catalog.model import Value
from eximconf.catalog.variables import VARIABLES
from eximconf.lint.parts import StringValue
from eximconf.lint.span import Span
from eximconf.lint.static import UNKNOWN, Static, list_items, outcomes
from eximconf.lint.strings import LIST_KINDS
from eximconf.syntax.expansion_nodes import (
    Call,
    Concat,
    Defined,
    Expansion,
    Item,
    Node,
    Operator,
    Text,
    Tree,
    Variable,
)

_NAMED = {Value.ACL: "acl", Value.ROUTER: "router", Value.TRANSPORT: "transport"}
_MATCHES = {
    "match_domain": "domain",
    "match_address": "address",
    "match_local_part": "localpart",
    "match_ip": "host",
}
_OWN_VARIABLES = ("acl_c", "acl_m", "r_")
_PHASED = frozenset(name for name, entry in VARIABLES.items() if entry.phases)
"""Variables that only some ACLs know."""
_LIST_LETTERS = {"d": "domain", "h": "host", "a": "address", "l": "localpart"}


class Use(NamedTuple):
    """A name used in a string; *kind* is ``acl``, ``router``, ``transport``, ``variable``, ``phased`` (a
    variable that only some ACLs know), or a kind of list.

    An empty *name* says that names of this kind are used which are only known at run time. *kind*
    ``inline``: the text of an ACL stands there, *name* is that text as far as it is known.
    """

    kind: str
    name: str
    span: Span


class Reference(NamedTuple):
    """A use in the string that it stands in."""

    kind: str
    name: str
    span: Span
    string: StringValue


def uses_of_value(value: Value, expansion: Expansion | None, text: str) -> Iterator[Use]:
    """What a string of this meaning refers to as a whole."""
    node: Node = expansion.body if expansion is not None else Text(text, text, 0, len(text))
    kind = LIST_KINDS.get(value)
    if kind is not None:
        yield from _of_list(kind, node)
    elif value in _NAMED:
        yield from _of_name(_NAMED[value], node)


def uses_of_node(node: Tree) -> Iterator[Use]:
    """What a part of an expansion refers to by itself."""
    if isinstance(node, (Item, Call)) and node.name == "acl" and node.arguments:
        yield from _of_name("acl", node.arguments[0])
    elif type(node) is Call and node.name in _MATCHES and len(node.arguments) > 1:
        yield from _of_list(_MATCHES[node.name], node.arguments[1])
    elif type(node) is Operator and node.name.startswith("listnamed"):
        yield from _of_listnamed(node)
    elif isinstance(node, (Variable, Defined)) and node.name.startswith(_OWN_VARIABLES):
        yield Use("variable", node.name, Span(node.start, node.end))
    elif type(node) is Variable and node.name in _PHASED:
        yield Use("phased", node.name, Span(node.start, node.end))


def _of_name(kind: str, node: Node) -> Iterator[Use]:
    known, complete = outcomes(node)
    for static in known:
        if kind == "acl":
            yield from _acl_call(static)
        elif static.text:
            yield Use(kind, static.text, static.span)
    if not complete:
        span = Span(node.start, node.end)
        inline = kind == "acl" and _begins_with_verb(node)
        yield Use("inline", "", span) if inline else Use(kind, "", span)


def _begins_with_verb(node: Node) -> bool:
    """Whether an ACL's text, with expansions in it, stands there instead of its name."""
    if type(node) is not Concat or type(node.pieces[0]) is not Text:
        return False
    word, *rest = [*node.pieces[0].value.lstrip().split(None, 1), ""]
    return word in ACL_VERBS and bool(rest[0])


def _acl_call(static: Static) -> Iterator[Use]:
    """The name of an ACL, or its text; a path is neither."""
    text = static.text
    if not text or text.startswith("/"):
        return
    inline = len(text.split()) > 1 or text in ACL_VERBS
    yield Use("inline" if inline else "acl", text, static.span)


def _of_list(kind: str, node: Node) -> Iterator[Use]:
    for item in list_items(node):
        text = item.text
        if text == UNKNOWN:
            yield Use(kind, "", item.span)
            continue
        bare = text.lstrip("! \t\n")
        if bare.startswith("+"):
            yield from _plus(kind, bare[1:], item, len(text) - len(bare))
        elif kind == "address" and "@+" in bare:
            name = bare.partition("@+")[2]
            yield from _plus("domain", name, item, len(text) - len(name) - 1)


def _plus(kind: str, name: str, item: Static, at: int) -> Iterator[Use]:
    start = item.span.start + at
    span = Span(start, start + len(name) + 1) if len(item.text) == item.span.end - item.span.start else item.span
    yield Use(kind, "" if UNKNOWN in name else name, span)


def _of_listnamed(node: Operator) -> Iterator[Use]:
    known, complete = outcomes(node.argument)
    kind = _LIST_LETTERS.get(node.parameter or "", "any")
    for static in known if complete else ():
        yield Use(kind, static.text.removeprefix("+"), static.span)
    if not complete:
        yield Use(kind, "", Span(node.start, node.end))
