"""``${if}`` and ``${lookup}``. Spec: 11.5, 9."""

from __future__ import annotations

from eximconf.expand.code import Code, failing, first_fault
from eximconf.expand.compiler import Compiler
from eximconf.expand.items.branches import BranchCode, code_of_value, restore_value
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.syntax.expansion_nodes import Branches, If, Lookup


def compile_if(compiler: Compiler, node: If) -> Code:
    """``${if test {yes}{no}}``; without strings, ``true`` or nothing."""
    test = compiler.check(node.test)
    branches = BranchCode(compiler, node.branches, "if")
    check = test.run
    yes, no = branches.pair
    if branches.plain:
        yes = _true
    fault = first_fault(test.fault, branches.fault)
    if not test.changes:
        return Code(lambda ctx: yes(ctx) if check(ctx) else no(ctx), fault)

    def run(ctx: Context) -> str:
        numbers, saved = ctx.numbers, ctx.variables.get("value")
        result = yes(ctx) if check(ctx) else no(ctx)
        ctx.numbers = numbers
        restore_value(ctx, saved)
        return result

    return Code(run, fault)


def _true(_ctx: Context) -> str:
    return "true"


def compile_lookup(compiler: Compiler, node: Lookup) -> Code:
    """``${lookup{key} type {file}…}`` and ``${lookup type {query}…}``."""
    from eximconf.lookup import search

    key = compiler.string(node.key) if node.key else None
    before = (key.run,) if key else ()
    try:
        spec = search.parse_type(node.kind)
    except Outcome as unknown:
        return Code(failing(unknown.message, before), first_fault(key and key.fault, unknown.message))
    style = _style_fault(spec.query, node)
    if style:
        return Code(failing(style, before), first_fault(key and key.fault, style))
    source = compiler.string(node.source)
    key_run, source_run = key.run if key else None, source.run

    def find(ctx: Context) -> str | None:
        wanted = key_run(ctx) if key_run else None
        found = search.find(ctx, spec, source_run(ctx), wanted)
        return None if found is None else found.value

    branches: Branches = node.branches
    return code_of_value(compiler, branches, "lookup", find, first_fault(key and key.fault, source.fault))


def _style_fault(query: bool, node: Lookup) -> str | None:
    if not query and node.key is None:
        return f'missing {{key}} for single-key "{node.kind}" lookup'
    if query and node.key is not None:
        return (
            f'a single key was given for lookup type "{node.kind}", which is not a single-key lookup type'
        )
    return None


COMPILERS = {"if": compile_if, "lookup": compile_lookup}

