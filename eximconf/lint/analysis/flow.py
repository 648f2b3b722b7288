"""Which way data from outside takes to a place, through variables, arguments of ACLs, ``$value`` and ``$1``.

It follows Exim's own rules of taint: what a look-up, a list or a command has given is not tainted, what is cut out of
tainted text is. Seen on 4.100-dev. Spec: 11.4 "Tainted data".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from eximconf.catalog.model import Variable as Entry
from eximconf.catalog.variables import VARIABLES
from eximconf.lint.analysis.assigned import Assignment, acl_of
from eximconf.lint.analysis.scopes import Bound, Scope, groups_of, item_of, value_of
from eximconf.lint.lookup_uses import of_node
from eximconf.lint.parts import StringValue
from eximconf.lint.static import UNKNOWN, flattened
from eximconf.lint.taint import value_parts
from eximconf.source.diagnostic import Label
from eximconf.source.text import SourceText
from eximconf.syntax.expansion_nodes import (
    Call,
    Extract,
    Header,
    If,
    Item,
    Lookup,
    Number,
    Operator,
    Test,
    Text,
    Tree,
    Variable,
)

Carrier: TypeAlias = Variable | Header | Number


class Way(NamedTuple):
    """The *steps* of a flow, from where the data comes in; it ends at *node* in *string*."""

    steps: tuple[Label, ...]
    node: Carrier
    string: StringValue

    @property
    def place(self) -> SourceText:
        """The variable or header at which it ends."""
        return self.string.source.slice(self.node.start, self.node.end)


_NUMBERED = re.compile(r"(auth|regex)[0-9]+")
_CONSTANT_QUERY = re.compile(r"\s*SELECT\s+(?!.*\bFROM\b)", re.IGNORECASE | re.DOTALL)
_ANY_KEY = re.compile(r"wildlsearch|\*")
"""Types of single-key look-ups with which a line of the file may match any key."""
_DEEPEST = 150
"""Parts inside parts, and variables made from variables, that are followed."""
_MOST = 5000
"""Parts that are looked at for one question; a configuration that needs more was made to take long."""
_KEEPS_LINES = frozenset({"lc", "uc", "length", "l", "substr", "s", "rfc2047d", "from_utf8", "utf8clean"})
_BRINGS_LINES = re.compile(r"mime_filename|auth[0-9]")
_PLAIN = re.compile(
    r"(?:original_|parent_|sender_address_)?domain|sender_h(?:elo|ost)_name|authenticated_(?:id|sender)"
)
"""Variables from outside that hold the name of a host or domain, or of somebody who has logged in."""


class At(NamedTuple):
    """Where a tree stands: its string, and what surrounds it there."""

    string: StringValue
    scope: Scope | None = None


class Manner(NamedTuple):
    """How to follow data.

    *quoters*: look-up types whose ``quote_`` operator ends a way. *ends*: other operators that do. *echoes*: follow it
    through look-ups that only give back what they were asked for, which takes its taint away and nothing else.
    *lines*: follow only what can bring a line break, as far as it is kept. *plain*: pass over what can hold no more
    than the characters of a domain.
    """

    quoters: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    echoes: bool = False
    lines: bool = False
    plain: bool = False


TAINT = Manner()
OCTETS = Manner(echoes=True)
LINES = Manner(lines=True)
PATTERNS = Manner(ends=frozenset({"rxquote"}), plain=True)


class Flows:
    """The ways of one configuration, each variable followed once."""

    def __init__(self, assigned: Mapping[str, Iterable[Assignment]]) -> None:
        self._assigned = assigned
        self._known: dict[tuple[str, str, Manner], tuple[Label, ...]] = {}
        self._left = 0

    def way(self, tree: Tree, at: At, manner: Manner = TAINT) -> Way | None:
        """The way on which data from outside gets into the value of *tree*, or None."""
        self._left = _MOST
        return self._way(tree, at, manner, 0)

    def of_variable(
        self, name: str, manner: Manner = TAINT, acl: str = "", depth: int = 0
    ) -> tuple[Label, ...]:
        """The steps into a variable that the configuration sets, up to there; () if there are none. *acl*: the ACL in
        which it stands, for an argument of an ACL."""
        key = (name, acl, manner)
        if key not in self._known:
            self._known[key] = ()  # while it is followed: a variable that is made from itself
            for each in self._assigned.get(name, ()):
                way = self._way(each.node, At(each.string), manner, depth + 1) if each.acl == acl else None
                if way is not None:
                    text = f"which ${name} is here" if acl else f"${name} is set here"
                    step = Label(each.place.locate(0, len(each.place.text)), text, True)
                    self._known[key] = (*way.steps, step)
                    break
        return self._known[key]

    def _way(self, tree: Tree, at: At, manner: Manner, depth: int) -> Way | None:
        self._left -= 1
        if type(tree) is Text or depth > _DEEPEST or self._left < 0:
            return None
        if type(tree) is Variable:
            return self._of_variable(tree, at, manner, depth)
        if type(tree) is Header:
            if manner.lines and tree.form not in ("h", "bh"):  # folded lines stay folded in raw ones
                return None
            return _way_to(tree, at, (), f"{tree.raw.strip()} comes from outside")
        if type(tree) is Number:
            return self._through(groups_of(at.scope), tree, at, manner, depth)
        for part, scope in _parts(tree, at.scope, manner):
            way = self._way(part, At(at.string, scope), manner, depth + 1)
            if way is not None:
                return way
        return None

    def _of_variable(self, node: Variable, at: At, manner: Manner, depth: int) -> Way | None:
        name = node.name
        if name == "value":
            return self._through(value_of(at.scope), node, at, manner, depth)
        if name == "item":
            return self._through(item_of(at.scope), node, at, manner, depth)
        if name in self._assigned:
            steps = self.of_variable(name, manner, acl_of(name, at.string), depth)
            return _way_to(node, at, steps, f"${name} is used here") if steps else None
        entry = variable_entry(name)
        if entry is not None and entry.tainted and _counts(name, manner):
            return _way_to(node, at, (), f"${name} comes from outside")
        return None

    def _through(
        self, bound: Bound | None, node: Variable | Number, at: At, manner: Manner, depth: int
    ) -> Way | None:
        """The way into what a variable of the expansion itself stands for."""
        for part in _given(bound.node, manner) if bound is not None else ():
            way = self._way(part, At(at.string, bound.scope if bound else None), manner, depth + 1)
            if way is not None:
                return _way_to(node, at, way.steps, f"{written(node)} holds it here")
        return None


def _parts(tree: Tree, scope: Scope | None, manner: Manner) -> Iterator[tuple[Tree, Scope | None]]:
    """What gets into the value of *tree*, each in its scope."""
    if isinstance(tree, (If, Lookup, Item)) and tree.branches is not None:
        for branch, used in ((tree.branches.yes, True), (tree.branches.no, False)):
            if branch is not None:
                yield branch, Scope(tree, used, scope, 0)
        if tree.branches.yes is not None or isinstance(tree, If):
            return
    if isinstance(tree, Lookup):
        yield from ((part, scope) for part in _given(tree, manner))
    elif isinstance(tree, Item) and tree.name in ("map", "reduce") and tree.arguments:
        yield tree.arguments[-1], Scope(tree, None, scope, 0)
    elif (isinstance(tree, Operator) and _is_end(tree, manner)) or (
        manner.lines and isinstance(tree, (Item, Extract))
    ):
        return
    elif not isinstance(tree, Test):
        yield from ((part, scope) for part in value_parts(tree, manner.quoters))


def _is_end(node: Operator, manner: Manner) -> bool:
    """Whether an operator lets nothing through that is looked for."""
    return node.name in manner.ends or (manner.lines and node.name not in _KEEPS_LINES)


def _counts(name: str, manner: Manner) -> bool:
    """Whether a variable from outside can hold what is looked for."""
    if manner.lines:
        return _BRINGS_LINES.fullmatch(name) is not None
    return not (manner.plain and _PLAIN.fullmatch(name))


def _given(bound: Tree, manner: Manner) -> tuple[Tree, ...]:
    """The parts of what sets ``$value``, ``$item`` or ``$1`` whose octets are in these."""
    if type(bound) is Lookup:
        return _echoed(bound) if manner.echoes else ()
    if type(bound) is Item and bound.name in ("acl", "env", "run", "certextract"):
        return ()
    if type(bound) is Item and bound.name == "reduce":
        return bound.arguments[:2]
    if type(bound) is Item and bound.branches is not None:
        return bound.arguments[-1:]
    if type(bound) is Call:  # what a list has matched is the list's
        return ()
    return (bound,)


def _echoed(lookup: Lookup) -> tuple[Tree, ...]:
    """The part of *lookup* that it gives back: its key, or the text that a query selects without a table."""
    if lookup.key is not None:
        return (lookup.key,) if "ret=key" in lookup.kind and _ANY_KEY.search(lookup.kind) else ()
    if of_node(lookup).type in ("mysql", "pgsql", "sqlite") and _CONSTANT_QUERY.match(
        flattened(lookup.source)[0].replace(UNKNOWN, "?")
    ):
        return (lookup.source,)
    return ()


def variable_entry(name: str) -> Entry | None:
    """The catalog's entry of a variable that Exim sets."""
    found = VARIABLES.get(name)
    if found is None and (match := _NUMBERED.fullmatch(name)):
        found = VARIABLES.get(f"{match[1]}*")
    return found


def written(node: Carrier) -> str:
    """How a person knows *node*."""
    if isinstance(node, Header):
        return node.raw.strip()
    return f"${node.name if isinstance(node, Variable) else node.number}"


def _way_to(node: Carrier, at: At, steps: tuple[Label, ...], text: str) -> Way:
    """*steps* and a last one, at *node*."""
    return Way((*steps, Label(at.string.source.locate(node.start, node.end), text, True)), node, at.string)
