"""Runs a part of an expansion whose decisive arguments are constant, to see whether it can ever work.

Nothing outside is asked: what needs a service ends in a failure that is no finding.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from eximconf.lint.static import fixed
from eximconf.syntax.expansion_nodes import Call, Concat, Item, Node, Operator, Test, Text

_NO_SERVICE = " service here"
N = TypeVar("N", Item, Call)


def text_node(value: str) -> Text:
    """A piece of text that stands nowhere."""
    return Text(value, value)


def with_texts(node: N, stand_ins: tuple[str, ...]) -> N:
    """*node* with *stand_ins*, one for each argument, in the place of those that are not constant."""
    arguments = tuple(
        argument if fixed(argument) is not None else text_node(stand_in)
        for argument, stand_in in zip(node.arguments, stand_ins, strict=False)
    )
    return replace(node, arguments=arguments)


def filled(node: Node, stand_in: str) -> Text:
    """*node* with *stand_in* for every piece that is not text."""
    if type(node) is Text:
        return node
    pieces = node.pieces if type(node) is Concat else (node,)
    return text_node("".join(piece.value if type(piece) is Text else stand_in for piece in pieces))


def failure(node: Operator | Item | Test, target: str) -> str | None:
    """What Exim *target* says when it evaluates *node*, None if that works or cannot be known here."""
    from eximconf.expand.compiler import Compiler
    from eximconf.expand.dynamic import dialect_of
    from eximconf.runtime.context import Context
    from eximconf.runtime.outcome import ExpansionFailed, Outcome

    context = Context(target=target)
    compiler = Compiler(dialect_of(context))
    try:
        code = compiler.string(node) if isinstance(node, (Operator, Item)) else compiler.check(node)
        code.run(context)
    except ExpansionFailed as failed:
        return None if failed.message.endswith(_NO_SERVICE) else failed.message
    except (Outcome, RecursionError):
        return None
    return None
