"""Comparisons of numbers and of strings. Spec: 11.7."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from eximconf.expand.code import CheckCode, Run, first_fault
from eximconf.expand.compiler import Compiler
from eximconf.expand.numbers import parse_integer
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.value import ascii_lower
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
NAMES = frozenset((*_NUMBERS, *_STRINGS, *(name + "i" for name in _STRINGS)))


def compile_comparison(compiler: Compiler, call: Call) -> CheckCode:
    """A comparison of two strings, as numbers if its name is a symbol. Numbers are read one by one: a
    first string that is none fails before the second is expanded."""
    codes = [compiler.string(argument) for argument in call.arguments]
    end = call.fault.message if call.fault else None
    fault = first_fault(*(code.fault for code in codes), end)
    runs = [code.run for code in codes]
    if end is not None:
        return CheckCode(_failing(runs, end), fault)
    left, right = runs
    if call.name in _NUMBERS:
        compare = _NUMBERS[call.name]
        limit = codes[1].constant
        if limit is not None and limit.isdigit() and limit.isascii():
            return CheckCode(_with_number(compare, left, parse_integer(limit)), fault)
        return CheckCode(_of_numbers(compare, left, right), fault)
    compare = _STRINGS[call.name.removesuffix("i")] if call.name not in _STRINGS else _STRINGS[call.name]
    if call.name in _STRINGS:
        return CheckCode(lambda ctx: compare(left(ctx), right(ctx)), fault)
    return CheckCode(lambda ctx: compare(ascii_lower(left(ctx)), ascii_lower(right(ctx))), fault)


def _of_numbers(compare: Callable[[Any, Any], bool], left: Run, right: Run) -> Callable[[Context], bool]:
    def run(ctx: Context) -> bool:
        one = parse_integer(left(ctx))
        return compare(one, parse_integer(right(ctx)))

    return run


def _with_number(compare: Callable[[Any, Any], bool], left: Run, limit: int) -> Callable[[Context], bool]:
    return lambda ctx: compare(parse_integer(left(ctx)), limit)


def _failing(runs: list[Run], message: str) -> Callable[[Context], bool]:
    def run(ctx: Context) -> bool:
        for part in runs:
            part(ctx)
        raise ExpansionFailed(message)

    return run
