"""What surrounds a part of an expansion: the conditions that hold there, and what ``$value``, ``$item``, ``$1`` are.

Spec: 11.5 (items that set ``$value`` and ``$item``), 11.7 (``match`` and the numerical variables).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eximconf.syntax.expansion_nodes import (
    Call,
    Extract,
    Filter,
    If,
    Item,
    Iteration,
    Junction,
    Lookup,
    Not,
    Test,
    Text,
    Tree,
    children,
)

_DEEPEST = 100
"""Nesting that is looked into; nobody writes more by hand."""
_REMEMBERED = 20
"""Members of a junction before one that count as known there."""
_TEMPLATES = {"map": 1, "reduce": 2, "sort": 2}
"""The argument of an item that is expanded once for each ``$item``."""
VALUE_SETTERS = frozenset({"acl", "certextract", "env", "extract", "listextract", "prvscheck", "run"})
"""Items that set ``$value`` for the strings behind them."""


_SETTING_TESTS = frozenset(
    {"acl", "inlist", "inlisti", "match_address", "match_domain", "match_ip", "match_local_part"}
)
"""Conditions that leave something in ``$value``."""


class Scope(NamedTuple):
    """A part of *node* that surrounds something, *outer* around that.

    *branch*: the string behind a condition, look-up or item that is used when it holds (True) or fails (False);
    None for a condition, template or right-hand member of a junction.
    """

    node: Tree
    branch: bool | None
    outer: Scope | None
    depth: int


class Bound(NamedTuple):
    """What a variable stands for: *node* makes its value, in *scope*."""

    node: Tree
    scope: Scope | None


def scoped(tree: Tree, scope: Scope | None = None) -> Iterator[tuple[Tree, Scope | None]]:
    """*tree* and all below it with what surrounds each, parents first, left to right."""
    waiting: list[tuple[Tree, Scope | None]] = [(tree, scope)]
    while waiting:
        node, around = waiting.pop()
        yield node, around
        if type(node) is not Text and (around is None or around.depth < _DEEPEST):
            waiting.extend(reversed(list(_below(node, around))))


def _below(node: Tree, scope: Scope | None) -> Iterator[tuple[Tree, Scope | None]]:
    match node:
        case If(test=test):
            yield test, scope
            yield from _branches(node, scope)
        case Lookup(key=key, source=source):
            if key is not None:
                yield key, scope
            yield source, scope
            yield from _branches(node, scope)
        case Extract():
            yield from _below(node.likely, scope)
        case Item(name=name, arguments=arguments):
            for number, argument in enumerate(arguments):
                template = _TEMPLATES.get(name) == number
                yield argument, inside(node, None, scope) if template else scope
            yield from _branches(node, scope)
        case Filter(items=items, test=test) | Iteration(items=items, test=test):
            yield items, scope
            yield test, inside(node, None, scope)
        case Junction(members=members):
            for number, member in enumerate(members):
                before = members[max(0, number - _REMEMBERED) : number]
                yield member, inside(Junction(node.name, before), None, scope) if number else scope
        case _:
            for child in children(node):
                yield child, scope


def inside(node: Tree, branch: bool | None, outer: Scope | None) -> Scope:
    """The scope of a part of *node*."""
    return Scope(node, branch, outer, outer.depth + 1 if outer is not None else 1)


def _branches(node: If | Lookup | Item, scope: Scope | None) -> Iterator[tuple[Tree, Scope | None]]:
    if node.branches is not None:
        if node.branches.yes is not None:
            yield node.branches.yes, inside(node, True, scope)
        if node.branches.no is not None:
            yield node.branches.no, inside(node, False, scope)


def around(scope: Scope | None) -> Iterator[Scope]:
    """*scope* and those around it, innermost first."""
    while scope is not None:
        yield scope
        scope = scope.outer


def value_of(scope: Scope | None) -> Bound | None:
    """What ``$value`` stands for: the look-up, item or ``reduce`` that set it; None where nothing did."""
    for each in around(scope):
        node = each.node
        if each.branch is True and (
            type(node) is Lookup or (type(node) is Item and node.name in VALUE_SETTERS)
        ):
            return Bound(node, each.outer)
        if type(node) is Item and node.name == "reduce" and each.branch is None:
            return Bound(node, each.outer)
        if each.branch is True and type(node) is If:
            call = next((fact for fact in _calls(node.test) if fact.name in _SETTING_TESTS), None)
            if call is not None:
                return Bound(call, each.outer)
    return None


def item_of(scope: Scope | None) -> Bound | None:
    """The list whose items ``$item`` goes through; None outside of any."""
    for each in around(scope):
        node = each.node
        if isinstance(node, (Filter, Iteration)):
            return Bound(node.items, each.outer)
        if type(node) is Item and each.branch is None and node.name in _TEMPLATES:
            return Bound(node.arguments[0], each.outer)
    return None


def groups_of(scope: Scope | None) -> Bound | None:
    """The text that ``$1`` and so on are parts of: the subject of the ``match`` that holds here, or None."""
    for each in around(scope):
        if each.branch is True and type(each.node) is If:
            for call in _calls(each.node.test):
                if call.name.startswith("match") and call.arguments:
                    return Bound(call.arguments[0], each.outer)
    return None


def _calls(test: Test) -> Iterator[Call]:
    """The conditions in *test* that hold where it does."""
    for fact, holds in decided(test, True):
        if holds and type(fact) is Call:
            yield fact


def facts(scope: Scope | None) -> Iterator[tuple[Test, bool]]:
    """The conditions that are known to hold (True) or not to hold (False) in *scope*."""
    for each in around(scope):
        node = each.node
        if type(node) is If and each.branch is not None:
            yield from decided(node.test, each.branch)
        elif type(node) is Junction:
            for member in node.members:
                yield from decided(member, node.name == "and")


def decided(test: Test, holds: bool) -> Iterator[tuple[Test, bool]]:
    """What is known of the conditions in *test* when that holds, or does not."""
    waiting = [(test, holds)]
    while waiting:
        current, known = waiting.pop()
        if type(current) is Not:
            waiting.append((current.test, not known))
        elif type(current) is Junction:
            if known == (current.name == "and"):
                waiting.extend((member, known) for member in current.members)
        else:
            yield current, known
