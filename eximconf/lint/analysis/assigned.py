"""Who sets the variables that a configuration has of its own, and what to.

These are ``$acl_c…`` and ``$acl_m…``, the routers' ``$r_…`` and ``$address_data``, and ``$acl_arg1`` and so on, which
each call of an ACL sets. Spec: 44.18 (set), 15.1 (address_data, set), 44.25 (acl).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from eximconf.lint.option_strings import strings_of_option
from eximconf.lint.parts import Clause, OptionUse, Owner, StringValue, words
from eximconf.lint.strings import splits, strings_of_clause
from eximconf.source.text import SourceText
from eximconf.syntax.expansion_nodes import Call, Expansion, Item, Node, walk
from eximconf.syntax.expansion_parser import parse_expansion

_ROUTER = re.compile(r"\s*(r_\w+)\s*=\s*")
CALLS = re.compile(r"acl[ \t]*\{")
"""What the text of an expansion holds that calls an ACL."""
_ARGUMENTS = 9
"""``$acl_arg1`` to ``$acl_arg9``."""


class Assignment(NamedTuple):
    """A place that gives *name* a value: *node* in *string*. *place*: what to point at. *owner*: what it is part of.

    *acl*: the ACL whose arguments these are, for ``$acl_arg1`` and its kin.
    """

    name: str
    node: Node
    string: StringValue
    place: SourceText
    acl: str = ""

    @property
    def owner(self) -> Owner:
        return self.string.owner


def assignments(
    clauses: Iterable[Clause], options: Iterable[OptionUse], strings: Iterable[StringValue]
) -> Mapping[str, list[Assignment]]:
    """All assignments by the variable's name, in the order of the configuration. *strings*: all that there are."""
    found: dict[str, list[Assignment]] = {}
    for clause in clauses:
        if clause.word == "acl":
            for given in _of_acl_condition(clause):
                _keep(found, given)
    for use in options:
        if use.block is not None and use.setting.option.name in ("set", "address_data"):
            for assigned in _of_router(use):
                _keep(found, assigned)
    for string in strings:
        owner, expansion = string.owner, string.expansion
        if expansion is None:
            continue
        if isinstance(owner, Clause) and owner.word == "set":
            _keep(found, Assignment(owner.variable, expansion.body, string, owner.place))
        if CALLS.search(string.source.text):
            for given in _of_calls(string, expansion):
                _keep(found, given)
    return found


def acl_of(name: str, string: StringValue) -> str:
    """The ACL whose calls give *name* its value in *string*, "" for a variable that is no argument of an ACL."""
    owner = string.owner
    return owner.acl if name.startswith("acl_arg") and isinstance(owner, Clause) else ""


def _keep(found: dict[str, list[Assignment]], assigned: Assignment) -> None:
    found.setdefault(assigned.name, []).append(assigned)


def _of_router(use: OptionUse) -> Iterator[Assignment]:
    for string in strings_of_option(use):
        source = string.source
        name = "address_data"
        if use.setting.option.name == "set":
            match = _ROUTER.match(source.text)
            if match is None:
                continue
            name = match[1]
            source = source.slice(match.end(), len(source.text))
        expansion = parse_expansion(source.text)
        yield Assignment(name, expansion.body, StringValue(source, string.value, use, expansion), source)


def _of_acl_condition(clause: Clause) -> Iterator[Assignment]:
    """The arguments that the ACL condition ``acl`` passes on."""
    if clause.argument is None or not splits(clause):
        return
    name = words(clause.argument)[0].text if words(clause.argument) else ""
    for number, string in enumerate(strings_of_clause(clause)):
        if 0 < number <= _ARGUMENTS and string.expansion is not None:
            yield Assignment(f"acl_arg{number}", string.expansion.body, string, string.source, name)


def _of_calls(string: StringValue, expansion: Expansion) -> Iterator[Assignment]:
    """The arguments that ``${acl{name}{…}}`` and the condition ``acl{{name}{…}}`` pass on."""
    for node in walk(expansion.body):
        if isinstance(node, (Item, Call)) and node.name == "acl" and node.arguments:
            name = string.source.text[node.arguments[0].start : node.arguments[0].end]
            for number, argument in enumerate(node.arguments[1 : _ARGUMENTS + 1], 1):
                place = string.source.slice(argument.start, argument.end)
                yield Assignment(f"acl_arg{number}", argument, string, place, name)
