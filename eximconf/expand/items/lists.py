"""Items that work on lists: map, filter, reduce, sort, listquote. Spec: 11.5, 11.8."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import compress
from typing import TypeVar

from eximconf.expand.bounds import LONGEST, TOO_LONG, begin_list, bounded, end_list, stays_short
from eximconf.expand.code import Check, Code, failing, first_fault
from eximconf.expand.compiler import Compiler
from eximconf.expand.items.sorting import COMPARATORS, sorted_by
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE, join_results, leading_separator, quote, split
from eximconf.runtime.outcome import ExpansionFailed, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted, taint_like
from eximconf.syntax.expansion_nodes import Concat, Filter, Item, Node, Text, Variable

Listed = tuple[list[str], str]
Given = TypeVar("Given")


def compile_list(compiler: Compiler, node: Node) -> tuple[Callable[[Context], Listed], str | None]:
    """Code that gives the items and the separator of a list argument, and the argument's fault.

    A change of separator that is written in the argument itself counts before anything is expanded.
    """
    separator, node = _written_separator(node)
    code = compiler.string(node)
    inner = code.run
    if code.constant is not None:
        items, used = split(code.constant, separator)
        return (lambda _ctx: (items, used)), code.fault
    return (lambda ctx: split(inner(ctx), separator)), code.fault


def _written_separator(node: Node) -> tuple[str, Node]:
    first = node.pieces[0] if type(node) is Concat else node
    if type(first) is not Text:
        return "", node
    separator, rest = leading_separator(first.raw)
    if not separator or separator in "\\\0":
        return "", node
    shorter = Text(rest.lstrip(SPACE.replace(separator, "")), rest, first.start, first.end)
    if type(node) is Concat:
        return separator, Concat((shorter, *node.pieces[1:]), node.start, node.end)
    return separator, shorter


def each_item(
    ctx: Context, items: Sequence[str], run: Callable[[Context], Given], where: str = "",
    weigh: Callable[[Given], int] | None = None,
) -> list[Given]:  # fmt: skip
    """What *run* gives with ``$item`` set to each of *items* in turn. *where*: what is put behind the
    message of one that fails; without it, ``$item`` keeps its value then. *weigh*: the octets of a result,
    which are not too many in all."""
    variables = ctx.variables
    saved = variables.get("item")
    out = []
    weight = 0
    visited = begin_list(ctx, len(items))
    try:
        for item in items:
            variables["item"] = item
            given = run(ctx)
            if weigh is not None:
                weight += weigh(given)
                if weight > LONGEST:
                    raise ExpansionFailed(TOO_LONG)
            out.append(given)
    except Outcome as outcome:
        if not where:
            raise
        _restore(ctx, saved)
        message = outcome.message
        if at_least(ctx.target, "4.99"):
            message = quoted(message, ctx.settings, ctx.target)
        raise outcome.reworded(f"{message} {where}") from None
    finally:
        end_list(ctx, visited)
    _restore(ctx, saved)
    return out


def _restore(ctx: Context, saved: str | None) -> None:
    if saved is None:
        ctx.variables.pop("item", None)
    else:
        ctx.variables["item"] = saved


def _ended(node: Item, fault: str | None, name: str, before: Callable[[Context], object]) -> Code | None:
    """The code of an item whose last part, or whose end, has a fault; None if all is well."""
    if fault is not None:
        message = f'{fault} inside "{name}" item'
    elif node.fault is not None:
        message = node.fault.message
    else:
        return None
    return Code(failing(message, (before,)), message)


def compile_map(compiler: Compiler, node: Item) -> Code:
    """``${map{list}{string}}``: the string once for each item, as a list again."""
    listed, list_fault = compile_list(compiler, node.arguments[0])
    template = compiler.string(node.arguments[1])
    broken = _ended(node, template.fault, "map", listed)
    if broken:
        return broken
    inner = template.run
    around = _around_item(node.arguments[1])

    def run(ctx: Context) -> str:
        items, separator = listed(ctx)
        if around is not None and Tainted not in map(type, items) and stays_short(around, len(items)):
            end_list(ctx, begin_list(ctx, len(items)))
            return join_results([item.join(around) for item in items], separator)
        return bounded(join_results(each_item(ctx, items, inner, 'inside "map" item', len), separator))

    return Code(run, list_fault)


def _around_item(template: Node) -> list[str] | None:
    """The texts before, between and behind each ``$item`` of a template that has nothing else in it."""
    around = [""]
    for piece in template.pieces if type(template) is Concat else (template,):
        if type(piece) is Text and "\0" not in piece.value:
            around[-1] += piece.value
        elif type(piece) is Variable and piece.name == "item":
            around.append("")
        else:
            return None
    return around


def compile_reduce(compiler: Compiler, node: Item) -> Code:
    """``${reduce{list}{start}{string}}``: the string for each item, with ``$value`` the last result."""
    listed, list_fault = compile_list(compiler, node.arguments[0])
    start, template = compiler.string(node.arguments[1]), compiler.string(node.arguments[2])
    broken = _ended(node, template.fault, "reduce", _both(listed, start.run))
    if broken:
        return broken
    inner, begin = template.run, start.run

    def step(ctx: Context) -> None:
        ctx.variables["value"] = bounded(inner(ctx))

    def run(ctx: Context) -> str:
        items, _ = listed(ctx)
        saved = ctx.variables.get("value")
        ctx.variables["value"] = begin(ctx)
        each_item(ctx, items, step, 'inside "reduce" item')
        result = ctx.variables["value"]
        _restore_value(ctx, saved)
        return result

    return Code(run, first_fault(list_fault, start.fault))


def _restore_value(ctx: Context, saved: str | None) -> None:
    from eximconf.expand.items.branches import restore_value

    restore_value(ctx, saved)


def _both(one: Callable[[Context], object], two: Callable[[Context], object]) -> Callable[[Context], object]:
    return lambda ctx: (one(ctx), two(ctx))


def compile_filter(compiler: Compiler, node: Filter) -> Code:
    """``${filter{list}{condition}}``: the items for which the condition is true."""
    listed, list_fault = compile_list(compiler, node.items)
    test = compiler.check(node.test)
    message = f'{test.fault} inside "filter" item' if test.fault is not None else None
    message = first_fault(message, node.fault.message if node.fault else None)
    if message is not None:
        return Code(failing(message, (listed,)), first_fault(list_fault, message))
    check = test.run
    wanted = _keeping_value(check) if test.changes else check

    def run(ctx: Context) -> str:
        items, separator = listed(ctx)
        chosen = each_item(ctx, items, wanted, 'inside "filter" condition')
        return join_results(list(compress(items, chosen)), separator)

    return Code(run, list_fault)


def _keeping_value(check: Check) -> Check:
    """*check*, with ``$value`` as it was before."""

    def run(ctx: Context) -> bool:
        saved = ctx.variables.get("value")
        result = check(ctx)
        _restore_value(ctx, saved)
        return result

    return run


# From 4.97 on a sort that is read over always fails: the comparator is looked at without being expanded.
_READ_OVER = 'condition name expected, but found ""'
_COMPARATOR = re.compile(r"[A-Za-z0-9_]+|[=<>]=?")


def compile_sort(compiler: Compiler, node: Item) -> Code:
    """``${sort{list}{comparator}{key}}``: an insertion sort, as Exim's, so that ties fall alike."""
    listed, list_fault = compile_list(compiler, node.arguments[0])
    comparator, *rest = node.arguments[1:]
    name = _COMPARATOR.match(comparator.value) if type(comparator) is Text else None
    extractor = rest[0] if rest else Text("", "")
    key = compiler.string(extractor)
    message = first_fault(_comparator_fault(name, comparator), key.fault, node.fault.message if node.fault else None)
    read_over = first_fault(list_fault, _READ_OVER if at_least(compiler.dialect.target, "4.97") else message)
    if message is not None:
        return Code(failing(message, (listed,)), read_over)
    assert name is not None
    comparator_name, key_run = name[0], key.run
    def field(ctx: Context) -> str:
        try:
            found = key_run(ctx)
        except Outcome:
            found = ""
        if not found:
            shown = quoted(_source(extractor), ctx.settings, ctx.target)
            raise ExpansionFailed(f"field-extract in sort: {shown}")
        return found

    def run(ctx: Context) -> str:
        items, separator = listed(ctx)
        keys = each_item(ctx, items, field, weigh=len)
        return _joined(sorted_by(comparator_name, items, keys, ctx), separator)

    return Code(run, read_over)


def _comparator_fault(name: re.Match[str] | None, written: Node) -> str | None:
    from eximconf.catalog.conditions import CONDITIONS

    if name is None:
        found = written.raw if type(written) is Text else ""
        return f'condition name expected, but found "{found[:16]}"'
    if name[0] in COMPARATORS:
        return None
    return "comparator not handled for sort" if name[0] in CONDITIONS else ""


def _source(node: Node) -> str:
    from eximconf.syntax.expansion_unparse import text_of

    return text_of(node)


def _joined(items: list[str], separator: str) -> str:
    text = separator.join(quote(item, separator) for item in items)
    return Tainted(text) if any(type(item) is Tainted for item in items) else text


def listquote(arguments: Sequence[str], _ctx: Context) -> str:
    """``${listquote{separator}{item}}``: the item with its separators doubled, or a space."""
    separator, item = arguments
    if not item:
        return " "
    return taint_like(item.replace(separator[0], separator[0] * 2), item) if separator else item


COMPILERS = {
    "map": compile_map,
    "reduce": compile_reduce,
    "filter": compile_filter,
    "sort": compile_sort,
}
PLAIN = {"listquote": listquote}
