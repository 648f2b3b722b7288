"""Conditions of ``${if``: one module for each family, compiled through the table here. Spec: 11.7, 11.8.

A module has FUNCTIONS, from name to a function of the expanded strings; conditions that decide
themselves what is expanded when (``and``, ``forany``, comparisons …) have a compiler of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from typing import TypeAlias

from eximconf.expand.code import CheckCode, first_fault
from eximconf.expand.compiler import Compiler, indented
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.syntax.expansion_nodes import Call, Defined, Iteration, Junction, Not, Test

Condition: TypeAlias = Callable[[Sequence[str], Context], bool]

_MODULES = {
    "acl": "outside", "exists": "outside", "first_delivery": "outside", "queue_running": "outside",
    "isip": "network", "isip4": "network", "isip6": "network",
    "match_address": "lists", "match_domain": "lists", "match_ip": "lists", "match_local_part": "lists",
    "inlist": "lists", "inlisti": "lists", "match": "lists",
    "crypteq": "secrets", "inbound_srs": "secrets", "pam": "secrets", "radius": "secrets",
    "ldapauth": "secrets", "pwcheck": "secrets",
    "bool": "truth", "bool_lax": "truth",
}  # fmt: skip
_TRACING = frozenset(("acl", "match_address", "match_domain", "match_ip", "match_local_part"))
_CHANGING = frozenset(("acl", "match", "match_address", "match_domain", "match_ip", "match_local_part", "inlist", "inlisti", "inbound_srs"))  # fmt: skip


def compile_condition(compiler: Compiler, test: Test) -> CheckCode:
    """The code of a condition."""
    match test:
        case Call(name=name):
            if name == "saslauthd":
                return _not_compiled(name)
            if name in _MODULES:
                return _compile_call(compiler, test, _function(name))
            from eximconf.expand.conditions.comparisons import compile_comparison

            return compile_comparison(compiler, test)
        case Not(test=inner):
            return _compile_not(compiler.negated(inner))
        case Defined():
            from eximconf.expand.conditions.defined import compile_defined

            return compile_defined(compiler, test)
        case Junction() | Iteration():
            from eximconf.expand.conditions.compound import compile_compound

            return compile_compound(compiler, test)
        case _:
            return compiler.negated(test)


@lru_cache
def _function(name: str) -> Condition:
    module = import_module(f"eximconf.expand.conditions.{_MODULES[name]}")
    function: Condition = module.FUNCTIONS[name]
    return function


def _not_compiled(name: str) -> CheckCode:
    """A condition that is not there: Exim fails when it reads the name."""
    message = f'support for "{name}" not compiled'

    def run(_ctx: Context) -> bool:
        raise ExpansionFailed(message)

    return CheckCode(run, message)


def _compile_not(inner: CheckCode) -> CheckCode:
    check = inner.run
    return CheckCode(lambda ctx: not check(ctx), inner.fault, inner.changes)


def _compile_call(compiler: Compiler, call: Call, function: Condition) -> CheckCode:
    if call.name in _TRACING:
        function = indented(function, compiler.depth)
    codes = [compiler.string(argument) for argument in call.arguments]
    runs = [code.run for code in codes]
    end = call.fault.message if call.fault else None
    fault = first_fault(*(code.fault for code in codes), end)
    if call.name == "match" and fault is None and codes[1].constant is not None:
        from eximconf.expand.conditions.lists import match_constant

        if constant := match_constant(runs[0], codes[1].constant):
            return CheckCode(constant, None, True)
    if fault is None and call.name == "bool":
        from eximconf.expand.conditions.truth import read_over_fault

        fault = read_over_fault(codes[0].constant, compiler.dialect.target)

    def run(ctx: Context) -> bool:
        values = [part(ctx) for part in runs]
        if end is not None:
            raise ExpansionFailed(end)
        return function(values, ctx)

    return CheckCode(run, fault, call.name in _CHANGING)
