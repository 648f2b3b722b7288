"""``${if}`` and ``${lookup}``. Spec: 11.5, 9."""

from __future__ import annotations

from eximconf.expand.code import Check, Choice, Code, failing, first_fault
from eximconf.expand.compiler import Compiler
from eximconf.expand.dynamic import expand_string
from eximconf.expand.items.branches import BranchCode, code_of_value, restore_value
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Deferred, Outcome
from eximconf.syntax.expansion_nodes import Branches, If, Lookup

_LONGEST_TYPE = 255
"""Exim drops what a look-up type has beyond that."""


def compile_if(compiler: Compiler, node: If) -> Code:
    """``${if test {yes}{no}}``; without strings, ``true`` or nothing."""
    test = compiler.check(node.test)
    branches = BranchCode(compiler, node.branches, "if")
    check = test.run
    yes, no = branches.pair
    yes_text, no_text = branches.texts
    if branches.plain:
        yes, yes_text = _true, "true"
    fault = first_fault(test.fault, branches.fault)
    if fault is None and yes_text is not None and no_text is not None:
        return _choice(Choice(_restoring(check) if test.changes else check, yes_text, no_text))
    if not test.changes:
        return Code(lambda ctx: yes(ctx) if check(ctx) else no(ctx), fault)

    def run(ctx: Context) -> str:
        numbers, saved = ctx.numbers, ctx.variables.get("value")
        result = yes(ctx) if check(ctx) else no(ctx)
        ctx.numbers = numbers
        restore_value(ctx, saved)
        return result

    return Code(run, fault)


def _choice(choice: Choice) -> Code:
    test, yes, no = choice
    return Code(lambda ctx: yes if test(ctx) else no, choice=choice)


def _restoring(check: Check) -> Check:
    """*check*, after which ``$1`` … and ``$value`` are what they were."""

    def run(ctx: Context) -> bool:
        numbers, saved = ctx.numbers, ctx.variables.get("value")
        held = check(ctx)
        ctx.numbers = numbers
        restore_value(ctx, saved)
        return held

    return run


def _true(_ctx: Context) -> str:
    return "true"


def compile_lookup(compiler: Compiler, node: Lookup) -> Code:
    """``${lookup{key} type {file}…}`` and ``${lookup type {query}…}``."""
    from eximconf.lookup import search
    from eximconf.match.patterns import patterns_with

    key = compiler.string(node.key) if node.key else None
    before, key_fault = ((key.run,), key.fault) if key else ((), None)
    patterns = patterns_with(expand_string)
    try:
        spec = search.parse_type(node.kind[:_LONGEST_TYPE], compiler.dialect.target)
    except Outcome as unknown:
        return Code(failing(unknown.message, before), first_fault(key_fault, unknown.message))
    style = _style_fault(spec.query, node)
    if style:
        return Code(failing(style, before), first_fault(key_fault, style))
    source = compiler.string(node.source)
    key_run, source_run = key.run if key else None, source.run
    plain = spec.plain

    def find(ctx: Context) -> str | None:
        wanted = key_run(ctx) if key_run else None
        where = source_run(ctx)
        try:
            if plain:
                return search.plain_value(ctx, spec, where, wanted, patterns)
            found = search.find(ctx, spec, where, wanted, patterns)
        except Deferred as error:
            raise search.deferred_expansion(ctx, spec, where, wanted, error) from None
        if found is None:
            return None
        ctx.numbers = found.numbers(ctx.numbers)
        return found.value

    branches: Branches = node.branches
    fault = first_fault(key_fault, source.fault)
    return code_of_value(compiler, branches, "lookup", find, fault, silent=spec.query)


def _style_fault(query: bool, node: Lookup) -> str | None:
    if not query and node.key is None:
        return f'missing {{key}} for single-key "{node.kind}" lookup'
    if query and node.key is not None:
        return (
            f'a single key was given for lookup type "{node.kind}", which is not a single-key lookup type'
        )
    return None


COMPILERS = {"if": compile_if, "lookup": compile_lookup}
