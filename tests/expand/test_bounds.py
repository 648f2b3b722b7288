"""Deep, long and multiplying expansions end in some seconds, with a value or a message."""

from __future__ import annotations

import tracemalloc
from time import perf_counter

import pytest

from eximconf.api import Ending, expand, new_context
from eximconf.expand.bounds import TOO_DEEP, TOO_LONG
from eximconf.runtime.context import Context
from eximconf.runtime.services import Services
from eximconf.syntax.expansion_parser import parse_expansion
from eximconf.syntax.expansion_unparse import unparse

_DEEP = 5_000
_SECONDS = 30
_OCTETS = 600 << 20
_TOO_MANY = "expansion visits too many list items or matches"

_NESTED = {
    "operators": "${lc:" * _DEEP + "a" + "}" * _DEEP,
    "yes strings": "${if eq{a}{a}{" * _DEEP + "x" + "}}" * _DEEP,
    "conditions": "${if eq{" * _DEEP + "x" + "}{x}{y}}" * _DEEP,
    "and": "${if " + "and{{" * _DEEP + "eq{a}{a}" + "}}" * _DEEP + "{x}}",
    "forany": "${if " + "forany{a}{" * _DEEP + "eq{a}{a}" + "}" * _DEEP + "{x}}",
    "map": "${map{a:b}{" * _DEEP + "$item" + "}}" * _DEEP,
    "extract": "${extract{1}{:}{" * _DEEP + "x" + "}}" * _DEEP,
    "lookup": "${lookup{" * _DEEP + "x" + "}lsearch{/x}}" * _DEEP,
    "run": "${run{" * _DEEP + "x" + "}}" * _DEEP,
    "expand": "${expand:" * _DEEP + "x" + "}" * _DEEP,
}
_VALUES = {
    "plain text": ("x" * 10_000_000, 10_000_000),
    "lc": ("${lc:" + "X" * 10_000_000 + "}", 10_000_000),
    "a variable": ("${uc:$acl_m0}", 5_000_000),
    "tr": ("${tr{$acl_m0}{a}{b}}", 5_000_000),
    "sg": ("${sg{$acl_m1}{a}{bb}}", 200_000),
    "sg with groups": ("${sg{$acl_m1}{(a)}{<\\$1>}}", 300_000),
    "map": ("${map{$acl_m2}{$item}}", 199_999),
    "sort": ("${sort{$acl_m2}{<}{$item}}", 199_999),
    "filter": ("${filter{$acl_m2}{eq{$item}{1}}}", 199_999),
    "reduce": ("${reduce{$acl_m2}{}{$value$item}}", 100_000),
    "a long number": ("${eval:" + "0" * 1_000_000 + "1}", 1),
}
_FAILURES = {
    "doubling": ("${reduce{" + ":".join("a" * 64) + "}{x}{$value$value}}", f'"{TOO_LONG}" inside "reduce" item'),
    "lists in lists": ("${map{$acl_m2}{${map{$acl_m2}{x}}}}", f'"{_TOO_MANY}" inside "map" item'),
    "matches in matches": ("${sg{$acl_m1}{a}{\\N${sg{$acl_m1}{a}{${lc:$0}}}\\N}}", TOO_LONG),
    "matches in lists": ("${map{$acl_m2}{${strlen:${sg{$acl_m1}{a}{b}}}}}", f'"{_TOO_MANY}" inside "map" item'),
    "long items": ("${map{$acl_m2}{$acl_m2}}", f'"{TOO_LONG}" inside "map" item'),
    "long replacements": ("${sg{$acl_m1}{a}{$acl_m1}}", TOO_LONG),
    "wrapping without room": (
        "${headerwrap_1_0:" + "a" * 200_000 + "}", "header wrapping does not come to an end",
    ),
    "braces": ("${lc:" + "{" * 10_000_000 + "}", TOO_LONG),
    "negations": ("${if " + "!" * 50_000 + "eq{a}{b}{x}{yy}}", TOO_DEEP),
    "many items": ("${if eq{a}{a}{x}}" * 200_000, TOO_LONG),
}  # fmt: skip


@pytest.fixture
def ctx() -> Context:
    ctx = new_context(None, Services())
    ctx.variables["acl_m0"] = "a" * 5_000_000
    ctx.variables["acl_m1"] = "a" * 100_000
    ctx.variables["acl_m2"] = ":".join("1" * 100_000)
    return ctx


@pytest.fixture(autouse=True)
def _bounded_time() -> object:
    began = perf_counter()
    yield
    assert perf_counter() - began < _SECONDS


@pytest.mark.parametrize("name", _NESTED)
def test_nesting_ends_in_a_message(name: str, ctx: Context) -> None:
    result = expand(_NESTED[name], ctx)
    assert result.ending is Ending.FAILURE
    assert result.message == TOO_DEEP


@pytest.mark.parametrize("name", _NESTED)
def test_deep_trees_are_written_as_they_were(name: str) -> None:
    assert unparse(parse_expansion(_NESTED[name])) == _NESTED[name]


@pytest.mark.parametrize("name", _VALUES)
def test_large_values(name: str, ctx: Context) -> None:
    text, length = _VALUES[name]
    result = expand(text, ctx)
    assert result.ending is Ending.TEXT, result.message
    assert len(result.text or "") == length


@pytest.mark.parametrize("name", _FAILURES)
def test_what_multiplies_ends_in_a_message(name: str, ctx: Context) -> None:
    text, message = _FAILURES[name]
    result = expand(text, ctx)
    assert result.ending is Ending.FAILURE
    assert result.message == message


@pytest.mark.parametrize("name", ["doubling", "wrapping without room", "braces", "long items", "long replacements"])
def test_memory_is_bounded(name: str, ctx: Context) -> None:
    tracemalloc.start()
    try:
        expand(_FAILURES[name][0], ctx)
        assert tracemalloc.get_traced_memory()[1] < _OCTETS
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("pattern", ["\\N^(a+)+$\\N", "\\N(a|aa)+$\\N", "\\N(.*)*x\\N"])
def test_backtracking_is_bounded(pattern: str, ctx: Context) -> None:
    ctx.variables["acl_m1"] = "a" * 40 + "b"
    assert expand(f"${{if match{{$acl_m1}}{{{pattern}}}{{y}}{{n}}}}", ctx).text == "n"


def test_the_count_starts_anew(ctx: Context) -> None:
    """What one expansion visited does not count for the next."""
    for _ in range(60):
        assert expand("${map{$acl_m2}{$item}}", ctx).ending is Ending.TEXT
    assert expand(_FAILURES["lists in lists"][0], ctx).ending is Ending.FAILURE
    assert expand("${map{a:b}{$item}}", ctx).text == "a:b"
