"""What surrounds a part of an expansion, and what its variables stand for there."""

from __future__ import annotations

import pytest

from eximconf.lint.analysis.scopes import Scope, facts, groups_of, item_of, scoped, value_of
from eximconf.syntax.expansion_nodes import Call, Defined, Item, Node, Number, Variable
from eximconf.syntax.expansion_parser import parse_expansion

FACTS = {
    "${if eq{a}{b}{$x}{}}": ["eq"],
    "${if eq{a}{b}{}{$x}}": ["not eq"],
    "${if !eq{a}{b}{$x}}": ["not eq"],
    "${if and{{eq{a}{b}}{def:y}}{$x}}": ["def", "eq"],
    "${if or{{eq{a}{b}}{def:y}}{$x}}": [],
    "${if or{{eq{a}{b}}{def:y}}{}{$x}}": ["not def", "not eq"],
    "${if and{{def:y}{eq{$x}{b}}}{}}": ["def"],
    "${if or{{def:y}{eq{$x}{b}}}{}}": ["not def"],
    "${if def:y{${lookup{a}lsearch{/f}{$x}}}}": ["def"],
    "${if def:y{a}}$x": [],
}
BOUND = {
    "${lookup{a}lsearch{/f}{$value}}": "Lookup",
    "${lookup{a}lsearch{/f}{a}{$value}}": None,
    "${extract{1}{:}{a:b}{$value}}": "Item extract",
    "${if inlist{a}{a:b}{$value}}": "Call inlist",
    "${reduce{a:b}{}{$value}}": "Item reduce",
    "$value": None,
    "${map{a:b}{$item}}": "Text",
    "${if forany{a:b}{eq{$item}{a}}}": "Text",
    "${filter{a:b}{eq{$item}{a}}}": "Text",
    "$item": None,
    "${if match{abc}{(.)}{$1}}": "Text",
    "${if match{abc}{(.)}{}{$1}}": None,
}


def of(text: str, wanted: type[Node] | tuple[type[Variable], type[Number]]) -> tuple[Node, Scope | None]:
    """The variable of an expansion and its scope."""
    for node, scope in scoped(parse_expansion(text).body):
        if isinstance(node, wanted):
            return node, scope
    raise AssertionError(text)


@pytest.mark.parametrize("text", FACTS)
def test_conditions_that_hold(text: str) -> None:
    _, scope = of(text, Variable)
    names = []
    for fact, holds in facts(scope):
        name = fact.name if isinstance(fact, Call) else "def" if isinstance(fact, Defined) else "?"
        names.append(name if holds else f"not {name}")
    assert sorted(names) == sorted(FACTS[text])


@pytest.mark.parametrize("text", BOUND)
def test_what_a_variable_stands_for(text: str) -> None:
    node, scope = of(text, (Variable, Number))
    name = node.name if isinstance(node, Variable) else "1"
    bound = {"value": value_of, "item": item_of, "1": groups_of}[name](scope)
    seen = None
    if bound is not None:
        kind = type(bound.node).__name__
        seen = f"{kind} {bound.node.name}" if isinstance(bound.node, (Item, Call)) else kind
    assert seen == BOUND[text]
