"""Which parts of an expansion carry data from outside into its value.

Only what is sure is said: a variable that the configuration sets (``$acl_m_x``, ``$value``, ``$1``) may hold
anything. Spec: 11.4 "Tainted data", 9.1.
"""

from __future__ import annotations

from eximconf.catalog.variables import VARIABLES
from eximconf.syntax.expansion_nodes import (
    Concat,
    Extract,
    Filter,
    Header,
    If,
    Item,
    Lookup,
    Node,
    Operator,
    Variable,
)

_KEEPING_OPERATORS = frozenset({
    "address", "addresses", "base64", "base64d", "domain", "escape", "escape8bit", "from_utf8", "h", "hash", "headerwrap",
    "hexquote", "l", "lc", "length", "local_part", "quote", "quote_local_part", "rfc2047", "rfc2047d", "rxquote", "s",
    "str2b64", "substr", "uc", "utf8_domain_to_alabel", "utf8clean", "xtextd",
})  # fmt: skip
"""Operators whose value holds octets of their argument."""
_CARRYING: dict[str, tuple[int, ...]] = {
    "extract": (-1,), "hash": (-1,), "imapfolder": (0,), "length": (-1,), "listextract": (-1,), "listquote": (-1,),
    "map": (0, 1), "prvs": (0,), "sg": (0, 2), "sort": (0,), "srs_encode": (1, 2), "substr": (-1,), "tr": (0, 2),
}  # fmt: skip
"""Items whose value holds octets of their arguments, and which of these."""
_DEEPEST = 50

Outside = Variable | Header


def tainted_part(node: Node, *, quoters: frozenset[str] = frozenset(), depth: int = 0) -> Outside | None:
    """The first variable or header in *node* whose text from outside gets into the value, or None.

    *quoters*: look-up types whose ``quote_`` operator makes data good here.
    """
    if depth > _DEEPEST:
        return None
    if type(node) is Variable:
        entry = VARIABLES.get(node.name)
        return node if entry is not None and entry.tainted else None
    if type(node) is Header:
        return node
    for part in value_parts(node, quoters):
        found = tainted_part(part, quoters=quoters, depth=depth + 1)
        if found is not None:
            return found
    return None


def value_parts(node: Node, quoters: frozenset[str] = frozenset()) -> tuple[Node, ...]:
    """The parts of *node* whose octets get into its value; *quoters* as for `tainted_part`."""
    match node:
        case Concat(pieces):
            return pieces
        case Operator(name=name, parameter=parameter, argument=argument):
            quoting = (parameter or "").partition("_")[0]
            quoted = name == "quote" and quoting in quoters
            return (argument,) if name in _KEEPING_OPERATORS and not quoted else ()
        case Extract():
            return node.likely.arguments[-1:]
        case Item(name=name, arguments=arguments):
            return tuple(arguments[number] for number in _CARRYING.get(name, ()) if number < len(arguments))
        case Filter(items=items):
            return (items,)
        case If(branches=branches) | Lookup(branches=branches):
            return tuple(part for part in (branches.yes, branches.no) if part is not None)
        case _:
            return ()


def written(part: Outside) -> str:
    """How a person knows *part*."""
    return part.raw.strip() if type(part) is Header else f"${part.name}"
