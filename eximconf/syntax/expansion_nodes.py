"""The tree of an expandable string.

Offsets (*start*, *end*) count octets in the string that was parsed; they do not take part in
comparisons. Wherever a node can stand, `Broken` can: it is the place where Exim finds a fault, after
it has evaluated what stands before. Spec: chapter 11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import TypeAlias

from eximconf.syntax.nodes import node


def _offset() -> int:
    return field(default=0, compare=False)


@node
class Text:
    """Literal octets. *raw* is how they were written (escapes, ``\\N…\\N``)."""

    value: str
    raw: str
    start: int = _offset()
    end: int = _offset()


@node
class Variable:
    """``$name`` or, *braced*, ``${name}``."""

    name: str
    braced: bool = False
    start: int = _offset()
    end: int = _offset()


@node
class Header:
    """``$h_name:``; *form* is ``h``, ``rh``, ``bh`` or ``lh``; *raw* the text as written."""

    name: str
    form: str
    raw: str
    start: int = _offset()
    end: int = _offset()


@node
class Number:
    """``$3``: the text of a capture group."""

    number: int
    raw: str
    start: int = _offset()
    end: int = _offset()


@node
class Concat:
    """Several pieces one after the other; never just one."""

    pieces: tuple[Node, ...]
    start: int = _offset()
    end: int = _offset()


@node
class Operator:
    """``${name_parameter:argument}``; *parameter* is None without an underscore part."""

    name: str
    parameter: str | None
    argument: Node
    start: int = _offset()
    end: int = _offset()


@node
class Branches:
    """What follows a condition or a look-up: two strings, or ``fail``, or less.

    *fault* is a mistake in this part; it is met after the string that is used was expanded.
    *forced_fault* is its wording where ``fail`` would have been obeyed.
    """

    yes: Node | None
    no: Node | None
    fail: bool
    fault: Broken | None = None
    forced_fault: Broken | None = None


@node
class Item:
    """``${name options {…}{…} branches}``; *options* as written (``json``, ``,preexpand``).

    *command* is the argument of ``run`` as it was written: Exim splits it before it expands it.
    *read_over* is what is wrong with an ``extract`` that is read over and not evaluated.
    """

    name: str
    options: str
    arguments: tuple[Node, ...]
    branches: Branches | None
    fault: Broken | None = None
    start: int = _offset()
    end: int = _offset()
    command: str = ""
    read_over: Broken | None = None


@node
class Extract:
    """``${extract{…}…}`` whose first argument decides only when it is known: a number takes one more
    argument than a key does. Both readings share their nodes."""

    keyed: Item
    numbered: Item
    start: int = _offset()
    end: int = _offset()

    @property
    def likely(self) -> Item:
        """The reading that is without fault, by key if both are or neither is."""
        return self.numbered if _has_fault(self.keyed) and not _has_fault(self.numbered) else self.keyed


@node
class If:
    """``${if test {yes}{no}}``."""

    test: Test
    branches: Branches
    start: int = _offset()
    end: int = _offset()


@node
class Lookup:
    """``${lookup{key} type {source} …}``; *key* is None in the query style."""

    kind: str
    key: Node | None
    source: Node
    branches: Branches
    start: int = _offset()
    end: int = _offset()
    kind_start: int = _offset()


@node
class Filter:
    """``${filter{list}{test}}``. *fault*: a mistake behind the test."""

    items: Node
    test: Test
    start: int = _offset()
    end: int = _offset()
    fault: Broken | None = None


@node
class Call:
    """A condition that takes strings: ``eq{…}{…}``, ``acl{{…}{…}}``, ``first_delivery``."""

    name: str
    arguments: tuple[Node, ...]
    fault: Broken | None = None
    start: int = _offset()
    end: int = _offset()


@node
class Defined:
    """``def:name``; *header* is the form for ``def:h_name:``, else empty."""

    name: str
    header: str
    raw: str
    start: int = _offset()
    end: int = _offset()


@node
class Not:
    """``! test``."""

    test: Test
    start: int = _offset()
    end: int = _offset()


@node
class Junction:
    """``and{{…}{…}}`` and ``or{{…}{…}}``. *fault*: a mistake behind the members."""

    name: str
    members: tuple[Test, ...]
    fault: Broken | None = None
    start: int = _offset()
    end: int = _offset()


@node
class Iteration:
    """``forall{list}{test}`` and its kin. *fault*: a mistake behind the test."""

    name: str
    items: Node
    test: Test
    start: int = _offset()
    end: int = _offset()
    fault: Broken | None = None


@node
class Broken:
    """A fault: *before* is evaluated in order, then the expansion fails with *message*.

    *kind* is a stable word for the sort of fault (``unknown-item``, ``arity``, ``braces`` …); *name*
    is the name at fault, if it is about one.
    """

    message: str
    kind: str
    before: tuple[Tree, ...] = ()
    name: str = ""
    start: int = _offset()
    end: int = _offset()


Node: TypeAlias = Text | Variable | Header | Number | Concat | Operator | Item | Extract | If | Lookup | Filter | Broken  # fmt: skip
Test: TypeAlias = Call | Defined | Not | Junction | Iteration | Broken
Tree: TypeAlias = Node | Test


@node
class Expansion:
    """A whole expandable string: its text and its tree."""

    text: str = field(compare=False)
    body: Node

    def faults(self) -> list[Broken]:
        """The faults in the tree, in the order in which they stand."""
        return [part for part in walk(self.body) if type(part) is Broken]


def children(tree: Tree) -> tuple[Tree, ...]:
    """The nodes directly below *tree*, in the order in which they stand."""
    match tree:
        case Concat(pieces):
            return pieces
        case Operator(argument=argument):
            return (argument,)
        case Item(arguments=arguments, branches=branches, fault=fault):
            return (*arguments, *_of_branches(branches), *_present(fault))
        case Extract():
            return (tree.likely,)
        case If(test=test, branches=branches):
            return (test, *_of_branches(branches))
        case Lookup(key=key, source=source, branches=branches):
            return (*_present(key), source, *_of_branches(branches))
        case Filter(items=items, test=test, fault=fault) | Iteration(items=items, test=test, fault=fault):
            return (items, test, *_present(fault))
        case Call(arguments=arguments, fault=fault):
            return (*arguments, *_present(fault))
        case Not(test=test):
            return (test,)
        case Junction(members=members, fault=fault):
            return (*members, *_present(fault))
        case Broken(before=before):
            return before
        case _:
            return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """*tree* and every node below it, parents first, left to right; no recursion."""
    waiting = [tree]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children(current)))


def _has_fault(item: Item) -> bool:
    branches = item.branches
    return item.fault is not None or (branches is not None and branches.fault is not None)


def _of_branches(branches: Branches | None) -> tuple[Tree, ...]:
    if branches is None:
        return ()
    return _present(branches.yes, branches.no, branches.fault)


def _present(*nodes: Tree | None) -> tuple[Tree, ...]:
    return tuple(found for found in nodes if found is not None)
