"""Conditions made of conditions: and, or, forall, forany. Spec: 11.7, 11.8."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eximconf.expand.bounds import begin_list, end_list
from eximconf.expand.code import Check, CheckCode, first_fault
from eximconf.expand.compiler import Compiler
from eximconf.runtime.context import Context
from eximconf.runtime.json_text import json_items, unwrap
from eximconf.runtime.outcome import ExpansionFailed, Outcome
from eximconf.runtime.settings import at_least
from eximconf.syntax.expansion_nodes import Iteration, Junction


def compile_compound(compiler: Compiler, test: Junction | Iteration) -> CheckCode:
    if isinstance(test, Junction):
        return _compile_junction(compiler, test)
    return _compile_iteration(compiler, test)


def _compile_junction(compiler: Compiler, junction: Junction) -> CheckCode:
    """Members are evaluated until the result is known; the others are read over."""
    where = f'inside "{junction.name}{{...}}" condition'
    codes = [compiler.check(member) for member in junction.members]
    end = junction.fault.message if junction.fault else None
    faults = [f"{code.fault} {where}" if code.fault is not None else None for code in codes]
    deciding = junction.name == "or"
    steps = [(code.run, first_fault(*faults[number + 1 :], end)) for number, code in enumerate(codes)]

    def run(ctx: Context) -> bool:
        result, rest_fault = not deciding, end
        try:
            for check, behind in steps:
                if check(ctx) is deciding:
                    result, rest_fault = deciding, behind
                    break
        except Outcome as outcome:
            raise outcome.reworded(f"{outcome.message} {where}") from None
        if rest_fault is not None:
            raise ExpansionFailed(rest_fault)
        return result

    return CheckCode(run, first_fault(*faults, end), any(code.changes for code in codes))


def _inside(check: Check, where: str) -> Check:
    """*check*, with the place put behind what it says when it fails."""

    def run(ctx: Context) -> bool:
        try:
            return check(ctx)
        except Outcome as outcome:
            raise outcome.reworded(f"{outcome.message} {where}") from None

    return run


def _compile_iteration(compiler: Compiler, iteration: Iteration) -> CheckCode:
    """``forall`` of an empty list is false, as is ``forany``: seen on every version."""
    name = iteration.name
    where = f'inside "{name}" condition'
    test = compiler.check(iteration.test)
    items, items_fault = _items(compiler, iteration)
    fault = f"{test.fault} {where}" if test.fault is not None else None
    if fault is None and iteration.fault is not None:
        fault = iteration.fault.message
    check = _inside(test.run, where)
    deciding = name.startswith("forany")

    def run(ctx: Context) -> bool:
        listed = items(ctx)
        if fault is not None:
            raise ExpansionFailed(fault)
        return _any_or_all(ctx, listed, check, deciding)

    return CheckCode(run, first_fault(items_fault, fault), test.changes)


def _any_or_all(ctx: Context, items: Sequence[str], check: Check, deciding: bool) -> bool:
    variables = ctx.variables
    saved = variables.get("item")
    result = False
    visited = begin_list(ctx, len(items))
    try:
        for item in items:
            variables["item"] = item
            result = check(ctx)
            if result is deciding:
                break
    finally:
        end_list(ctx, visited)
        if saved is None:
            variables.pop("item", None)
        else:
            variables["item"] = saved
    return result


def _items(compiler: Compiler, iteration: Iteration) -> tuple[Callable[[Context], Sequence[str]], str | None]:
    if "_json" not in iteration.name:
        from eximconf.expand.items.lists import compile_list

        listed, fault = compile_list(compiler, iteration.items)
        return (lambda ctx: listed(ctx)[0]), fault
    code = compiler.string(iteration.items)
    strings = iteration.name.endswith("jsons")

    def elements(ctx: Context) -> Sequence[str]:
        items = list(json_items(unwrap(code.run(ctx), "[]", ""), at_least(ctx.target, "4.97")))
        if strings:
            items = [unwrap(item, '""', "wrapping string result for extract jsons") for item in items]
        return items

    return elements, code.fault
