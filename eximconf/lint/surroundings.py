"""What a check may ask while a configuration is linked: nothing of the network, files or commands.

Accounts are asked of this machine, since a user that is missing may be missing where Exim runs, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from eximconf.config.accounts import SystemAccounts
from eximconf.config.quantities import Refused
from eximconf.config.values import Surroundings
from eximconf.syntax.expansion_nodes import (
    Call,
    Concat,
    If,
    Junction,
    Node,
    Not,
    Operator,
    Text,
    Tree,
    Variable,
)

_OUTSIDE_OPERATORS = frozenset({"expand", "listnamed", "randint", "stat"})
_COMPARISONS = frozenset({
    "=", "==", "<", "<=", ">", ">=", "bool", "bool_lax", "eq", "eqi", "ge", "gei", "gt", "gti", "inlist", "inlisti",
    "isip", "isip4", "isip6", "le", "lei", "lt", "lti", "match",
})  # fmt: skip


def hermetic_surroundings(target: str) -> Surroundings:
    """Accounts of this machine, regular expressions, addresses, and expansions that depend on nothing."""
    return Surroundings(SystemAccounts(), lambda text: expand_constant(text, target), compile_fault, domain_of)


def expand_constant(text: str, target: str, variables: Mapping[str, str] | None = None) -> str | None:
    """The value of *text* where it is the same on every machine and for every message, else None. *variables*: those
    whose values are known.

    A string that Exim cannot read is None as well: the rules about expansions find that. Raises `Refused`.
    """
    from eximconf.syntax.expansion_parser import parse_expansion

    if not _is_constant(parse_expansion(text).body, variables or {}):
        return None
    from eximconf.expand.dynamic import compiled
    from eximconf.runtime.context import Context
    from eximconf.runtime.outcome import Outcome

    context = Context(target=target, variables=dict(variables or {}))
    try:
        return compiled(text, context)(context)
    except Outcome as outcome:
        raise Refused(outcome.message) from None


def _is_constant(body: Node, variables: Mapping[str, str]) -> bool:
    from eximconf.syntax.expansion_nodes import walk

    return all(
        part.name in variables if isinstance(part, Variable) else _gives_the_same(part) for part in walk(body)
    )


def _gives_the_same(part: Tree) -> bool:
    match part:
        case Text() | Concat() | If() | Not() | Junction():
            return True
        case Operator(name=name):
            return name not in _OUTSIDE_OPERATORS
        case Call(name=name):
            return name in _COMPARISONS
        case _:
            return False


def compile_fault(pattern: str) -> str | None:
    """What PCRE2 says against *pattern*, or None."""
    from eximconf.match.regex import RegexError, compile_regex

    try:
        compile_regex(pattern)
    except RegexError as error:
        return f"{error.message} at offset {error.offset}"
    return None


def domain_of(mailbox: str) -> str:
    """The domain of an address, "" if it has none. Raises `Refused` in Exim's words."""
    from eximconf.message.addresses import AddressFault, AddressSyntax, parse_address

    found = parse_address(mailbox, AddressSyntax(domain_literals=True))
    if isinstance(found, AddressFault):
        raise Refused(found.message)
    return found.domain
