"""Expansion items, ``${name…}``: one module for each family, compiled through the table here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, TypeAlias

from eximconf.expand.code import Code, failing, fault_of, first_fault
from eximconf.expand.compiler import Compiler, indented
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.syntax.expansion_nodes import Extract, Filter, If, Item, Lookup

Compile: TypeAlias = Callable[[Compiler, Any], Code]
PlainItem: TypeAlias = Callable[[Sequence[str], Context], str]

# Which module of this package compiles an item. A module has COMPILERS (name to `Compile`, for items
# that decide themselves what is expanded when) or PLAIN (name to `PlainItem`, for functions of strings).
MODULES = {
    "acl": "calls", "dlfunc": "calls", "perl": "calls",
    "authresults": "mail", "imapfolder": "mail", "prvs": "mail", "prvscheck": "mail", "srs_encode": "mail",
    "certextract": "certificates",
    "env": "outside", "readfile": "outside", "readsocket": "outside", "run": "run",
    "extract": "extract", "listextract": "extract",
    "filter": "lists", "listquote": "lists", "map": "lists", "reduce": "lists", "sort": "lists",
    "hash": "strings", "hmac": "strings", "length": "strings", "nhash": "strings", "substr": "strings",
    "tr": "strings", "sg": "substitute",
    "if": "choice", "lookup": "choice",
}  # fmt: skip

# What Exim says of an item that a filter may not use.
_FORBIDDEN = {
    "dlfunc": "dynamically-loaded functions are not permitted",
    "lookup": "lookup expansions are not permitted",
    "perl": "Perl calls are not permitted",
    "readfile": "file insertions are not permitted",
    "readsocket": "socket insertions are not permitted",
    "run": "running a command is not permitted",
}


def compile_item(compiler: Compiler, node: Item | Extract | If | Lookup | Filter) -> Code:
    """The code of an item."""
    match node:
        case Item(name=name):
            pass
        case Extract():
            name = "extract"
        case If():
            name = "if"
        case Lookup():
            name = "lookup"
        case Filter():
            name = "filter"
    if name in compiler.dialect.forbidden:
        message = _FORBIDDEN[name]
        return Code(failing(message), message)
    module = _module(MODULES[name])
    if name in module.COMPILERS:
        code: Code = module.COMPILERS[name](compiler, node)
        return code
    assert isinstance(node, Item)
    function: PlainItem = module.PLAIN[name]
    return compile_plain(compiler, node, indented(function, compiler.depth) if name == "acl" else function)


@lru_cache
def _module(name: str) -> Any:
    return import_module(f"eximconf.expand.items.{name}")


def compile_plain(
    compiler: Compiler, node: Item, function: PlainItem, read_over: Callable[[Sequence[str | None]], None] | None = None
) -> Code:
    """The code of a function of strings, which sees to the taint of its result itself.

    *read_over*: fails for what Exim refuses where it reads over the item; it is given the arguments, None for
    those that are no literals.
    """
    codes = [compiler.string(argument) for argument in node.arguments]
    runs = [code.run for code in codes]
    fault = node.fault.message if node.fault else None

    def run(ctx: Context) -> str:
        values = [part(ctx) for part in runs]
        if fault is not None:
            raise ExpansionFailed(fault)
        return function(values, ctx)

    literal = fault_of(read_over, [code.constant for code in codes]) if read_over else None
    return Code(run, first_fault(*(code.fault for code in codes), fault, literal))
