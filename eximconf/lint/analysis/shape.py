"""What the value of a part of an expansion can look like: an abstract interpretation of its tree.

What is not known is `UNKNOWN`, and no rule says anything of that; a `Form.TEXT` is sure to be any text at times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum

from eximconf.lint.analysis.assigned import Assignment, acl_of
from eximconf.lint.analysis.flow import At, variable_entry
from eximconf.lint.analysis.scopes import Scope, facts, groups_of, inside, item_of, value_of
from eximconf.lint.analysis.variable_shapes import NOTHING, SHAPES, UNKNOWN, Form, Shape
from eximconf.lint.static import flattened
from eximconf.syntax.expansion_nodes import (
    Call,
    Concat,
    Defined,
    Extract,
    Header,
    If,
    Item,
    Lookup,
    Node,
    Number,
    Operator,
    Text,
    Tree,
    Variable,
)

_OUTSIDE_TEXT = Shape(Form.TEXT, empty=True, outside=True)
_NUMBER = Shape(Form.NUMBER, zero=True, lower=True)
_OPERATORS = {
    **dict.fromkeys(("strlen", "listcount", "nhash", "nh", "time_eval", "randint"), _NUMBER),
    **dict.fromkeys(("eval", "eval10", "base62d"), _NUMBER),
    "md5": Shape(Form.UNKNOWN, lower=True),
}
_SAME_FORM = frozenset(
    {"lc", "uc", "length", "l", "substr", "s", "escape", "quote", "local_part", "domain", "address"}
)
_DIGITS = re.compile(r"-?[0-9]+")
_COUNTS = re.compile(r"\s*SELECT\s+COUNT\s*\((?!.*\bGROUP\s+BY\b)", re.IGNORECASE | re.DOTALL)
_TRUTHS = ("yes", "no", "true", "false")
NOTHING_WRITTEN = Text("", "")
_DEEPEST = 100
"""Parts inside parts, and variables made from variables, that are looked at."""
_MOST = 5000
"""Parts that are looked at for one question."""


class Shapes:
    """The shapes of one configuration, each variable looked at once."""

    def __init__(self, assigned: Mapping[str, Iterable[Assignment]]) -> None:
        self._assigned = assigned
        self._known: dict[tuple[str, str], Shape] = {}
        self._left = 0

    def shape(self, node: Tree, at: At) -> Shape:
        """The shape of *node*."""
        self._left = _MOST
        return self._shape(node, at, 0)

    def of_variable(self, name: str, acl: str = "", depth: int = 0) -> Shape:
        """What a variable can look like that the configuration sets; it is empty where nothing has set it. *acl*: the
        ACL in which it stands, for an argument of an ACL."""
        key = (name, acl)
        if key not in self._known:
            self._known[key] = UNKNOWN  # while it is looked at: a variable that is made from itself
            shape = NOTHING
            for each in self._assigned.get(name, ()):
                if each.acl == acl:
                    shape = joined(shape, self._shape(each.node, At(each.string), depth + 1))
            self._known[key] = shape
        return self._known[key]

    def _shape(self, node: Tree, at: At, depth: int) -> Shape:
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            return UNKNOWN
        if isinstance(node, Text):
            return of_text(node.value)
        if isinstance(node, (Variable, Header, Number)):
            return self._of_variable(node, at, depth)
        match node:
            case Concat(pieces):
                return _in_a_row([self._shape(piece, at, depth + 1) for piece in pieces])
            case Operator():
                return self._of_operator(node, at, depth)
            case If() | Lookup():
                return self._of_branches(node, at, depth)
            case Extract():
                return self._shape(node.likely, at, depth + 1)
            case Item():
                return self._of_item(node, at, depth)
            case _:
                return UNKNOWN

    def _of_variable(self, node: Variable | Header | Number, at: At, depth: int) -> Shape:
        shape = self._unguarded(node, at, depth)
        if shape.form is Form.UNKNOWN and not shape.empty:
            return shape
        match guard(node, at.scope):
            case Guard.COMPARED:
                return UNKNOWN
            case Guard.FILLED:
                return shape._replace(empty=False)
            case Guard.NONE:
                return shape

    def _unguarded(self, node: Variable | Header | Number, at: At, depth: int) -> Shape:
        if isinstance(node, Header):
            return _OUTSIDE_TEXT
        if isinstance(node, Number) or node.name in ("value", "item"):
            return self._bound(node, at, depth)
        if node.name in self._assigned or node.name.startswith(("acl_c", "acl_m", "r_")):
            return self.of_variable(node.name, acl_of(node.name, at.string), depth)
        found = SHAPES.get(node.name)
        if found is not None:
            return found
        entry = variable_entry(node.name)
        return _OUTSIDE_TEXT if entry is not None and entry.tainted else UNKNOWN

    def _bound(self, node: Variable | Number, at: At, depth: int) -> Shape:
        """The shape of ``$1``, ``$value`` or ``$item``, as far as what it is part of says."""
        if isinstance(node, Number):
            bound = groups_of(at.scope)
            if bound is None:
                return UNKNOWN
            shape = self._shape(bound.node, At(at.string, bound.scope), depth + 1)
            return UNKNOWN._replace(lower=shape.lower)
        found = value_of(at.scope) if node.name == "value" else None
        if (
            found is not None
            and isinstance(found.node, Item)
            and found.node.name in ("extract", "listextract")
        ):
            return _part_of(self._shape(found.node.arguments[-1], At(at.string, found.scope), depth + 1))
        if node.name == "item" and (bound := item_of(at.scope)) is not None:
            return _part_of(self._shape(bound.node, At(at.string, bound.scope), depth + 1))
        return UNKNOWN

    def _of_operator(self, node: Operator, at: At, depth: int) -> Shape:
        found = _OPERATORS.get(node.name)
        if found is not None:
            return found
        if node.name in _SAME_FORM:
            shape = self._shape(node.argument, at, depth + 1)
            if node.name in ("domain", "local_part", "address", "substr", "s"):
                shape = shape._replace(empty=True)
            if node.name == "uc":
                return shape._replace(lower=shape.form is Form.NUMBER)
            return shape._replace(lower=True) if node.name == "lc" else shape
        return UNKNOWN

    def _of_branches(self, node: If | Lookup, at: At, depth: int) -> Shape:
        yes, no = node.branches.yes, node.branches.no
        if isinstance(node, Lookup) and _always_finds(node):
            return _NUMBER
        if yes is None:
            return (
                Shape(Form.TRUTH, empty=True, lower=True)
                if isinstance(node, If)
                else UNKNOWN._replace(empty=True)
            )
        shape = self._shape(yes, At(at.string, inside(node, True, at.scope)), depth + 1)
        if no is not None:
            return joined(shape, self._shape(no, At(at.string, inside(node, False, at.scope)), depth + 1))
        return shape if node.branches.fail else joined(shape, NOTHING)

    def _of_item(self, node: Item, at: At, depth: int) -> Shape:
        if node.name not in ("extract", "listextract") or not node.arguments:
            return UNKNOWN
        branches = node.branches
        if branches is None or branches.yes is None:
            subject = _part_of(self._shape(node.arguments[-1], at, depth + 1))
            return subject._replace(empty=True)
        shape = self._shape(branches.yes, At(at.string, inside(node, True, at.scope)), depth + 1)
        if branches.no is not None:
            return joined(
                shape, self._shape(branches.no, At(at.string, inside(node, False, at.scope)), depth + 1)
            )
        return shape if branches.fail else joined(shape, NOTHING)


def _always_finds(lookup: Lookup) -> bool:
    """Whether a query gives one number, whatever is in the table, and this is the value of the look-up."""
    yes = lookup.branches.yes
    if lookup.key is not None or not (yes is None or (isinstance(yes, Variable) and yes.name == "value")):
        return False
    return _COUNTS.match(flattened(lookup.source)[0]) is not None


def of_text(text: str) -> Shape:
    """The shape of a constant."""
    bare = text.strip()
    if not bare:
        return NOTHING
    lower = text == text.lower()
    if _DIGITS.fullmatch(bare):
        return Shape(Form.NUMBER, zero=int(bare) == 0, lower=True)
    return Shape(Form.TRUTH if bare.lower() in _TRUTHS else Form.TEXT, lower=lower)


def joined(one: Shape, other: Shape) -> Shape:
    """What is either *one* or *other*."""
    return Shape(
        _form(one.form, other.form), one.empty or other.empty, one.zero or other.zero, one.lower and other.lower,
        one.outside or other.outside,
    )  # fmt: skip


def _form(one: Form, other: Form) -> Form:
    if one is other or other is Form.NOTHING:
        return one
    if one is Form.NOTHING:
        return other
    if {one, other} == {Form.NUMBER, Form.TRUTH}:
        return Form.TRUTH
    return Form.TEXT if Form.TEXT in (one, other) else Form.UNKNOWN


def _in_a_row(shapes: list[Shape]) -> Shape:
    """What consists of *shapes*, one after the other."""
    solid = [shape for shape in shapes if shape.form is not Form.NOTHING]
    if not solid:
        return NOTHING
    empty = all(shape.empty for shape in shapes)
    lower = all(shape.lower for shape in shapes)
    outside = any(shape.outside for shape in shapes)
    if len(solid) == 1:
        return solid[0]._replace(empty=empty, lower=lower)
    if all(shape.form is Form.NUMBER for shape in solid):
        return Shape(Form.NUMBER, empty, True, True, outside)
    text = any(shape.form is Form.TEXT for shape in solid)
    return Shape(Form.TEXT if text else Form.UNKNOWN, empty, False, lower, outside)


def _part_of(shape: Shape) -> Shape:
    """A part that is cut out of something."""
    if shape.form is Form.TEXT and shape.outside:
        return shape._replace(empty=True)
    return UNKNOWN._replace(lower=shape.lower)


class Guard(Enum):
    """What the conditions round a place say of a variable there."""

    NONE = "nothing"
    FILLED = "it is not empty"
    COMPARED = "it was compared with something, so that nothing is sure"


def guard(node: Node, scope: Scope | None) -> Guard:
    """What is known of *node* in *scope*."""
    for fact, holds in facts(scope):
        if isinstance(fact, Call) and any(node == argument for argument in fact.arguments):
            against_empty = fact.name in ("eq", "eqi") and any(
                each == NOTHING_WRITTEN for each in fact.arguments
            )
            if not against_empty:
                return Guard.COMPARED
            if not holds:
                return Guard.FILLED
        if isinstance(fact, Defined) and holds and fact.name.lower() == _name(node):
            return Guard.FILLED
    return Guard.NONE


def _name(node: Node) -> str:
    """The name by which ``def:`` knows a variable or header."""
    return node.name.lower() if isinstance(node, (Header, Variable)) else ""
