"""Comparisons of numbers and of strings. Spec: 11.7."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from eximconf.expand.code import CheckCode, Run, first_fault
from eximconf.expand.compiler import Compiler
from eximconf.expand.numbers import SAFE_DIGITS, parse_integer
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.value import ascii_lower, caseless_order
from eximconf.syntax.expansion_nodes import Call

_NUMBERS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_STRINGS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_CASELESS: dict[str, Callable[[str, str], bool]] = {
    "eqi": lambda one, other: ascii_lower(one) == ascii_lower(other),
    "lti": lambda one, other: caseless_order(one, other) < 0,
    "lei": lambda one, other: caseless_order(one, other) <= 0,
    "gti": lambda one, other: caseless_order(one, other) > 0,
    "gei": lambda one, other: caseless_order(one, other) >= 0,
}
NAMES = frozenset((*_NUMBERS, *_STRINGS, *_CASELESS))


def compile_comparison(compiler: Compiler, call: Call) -> CheckCode:
    """A comparison of two strings, as numbers if its name is a symbol. Numbers are read one by one: a
    first string that is none fails before the second is expanded. An empty string counts as 0."""
    codes = [compiler.string(argument) for argument in call.arguments]
    end = call.fault.message if call.fault else None
    fault = first_fault(*(code.fault for code in codes), end)
    runs = [code.run for code in codes]
    if end is not None:
        read = _number if call.name in _NUMBERS else _anything
        return CheckCode(_failing(runs, read, end), fault)
    left, right = runs
    if call.name in _NUMBERS:
        compare = _NUMBERS[call.name]
        limit = codes[1].constant
        if limit is not None and limit.isdigit() and limit.isascii():
            return CheckCode(_with_number(compare, left, parse_integer(limit)), fault)
        return CheckCode(_of_numbers(compare, left, right), fault)
    name, wanted = codes[0].variable, codes[1].constant
    if call.name == "eq" and name is not None and wanted is not None:
        return CheckCode(lambda ctx: ctx.variables.get(name, "") == wanted, fault)
    compare = _STRINGS.get(call.name) or _CASELESS[call.name]
    return CheckCode(lambda ctx: compare(left(ctx), right(ctx)), fault)


def _number(text: str, ctx: Context) -> int:
    return parse_integer(text, False, ctx.settings, ctx.target) if text else 0


def _anything(text: str, _ctx: Context) -> str:
    return text


def _of_numbers(compare: Callable[[Any, Any], bool], left: Run, right: Run) -> Callable[[Context], bool]:
    def run(ctx: Context) -> bool:
        one = _number(left(ctx), ctx)
        return compare(one, _number(right(ctx), ctx))

    return run


def _with_number(compare: Callable[[Any, Any], bool], left: Run, limit: int) -> Callable[[Context], bool]:
    def run(ctx: Context) -> bool:
        text = left(ctx)
        if len(text) < SAFE_DIGITS and text.isdigit() and text.isascii():
            return compare(int(text), limit)
        return compare(_number(text, ctx), limit)

    return run


def _failing(runs: list[Run], read: Callable[[str, Context], object], message: str) -> Callable[[Context], bool]:
    def run(ctx: Context) -> bool:
        for part in runs:
            read(part(ctx), ctx)
        raise ExpansionFailed(message)

    return run
