"""``${extract}`` in its four forms and ``${listextract}``. Spec: 11.5."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from eximconf.expand.code import Code, Run, failing, fault_of, first_fault
from eximconf.expand.compiler import Compiler
from eximconf.expand.items.branches import code_of_value
from eximconf.expand.items.lists import compile_list
from eximconf.runtime.context import Context
from eximconf.runtime.json_text import json_items, unwrap
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.machine import int32
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import taint_like
from eximconf.syntax.escapes import dequote
from eximconf.syntax.expansion_nodes import Extract, Item

_DIGITS_IN_32_BITS = 32  # those before them cannot matter
_NUMERIC = re.compile(r"-?[0-9]*\Z")


def compile_extract(compiler: Compiler, node: Item | Extract) -> Code:
    """By key or by number, whichever the first argument turns out to be."""
    if isinstance(node, Item):
        return Code(_compile_reading(compiler, node), _read_over_fault(compiler, node))
    keyed, numbered = _compile_reading(compiler, node.keyed), _compile_reading(compiler, node.numbered)
    if not node.keyed.arguments:
        return Code(keyed, _read_over_fault(compiler, node.numbered))
    selector = compiler.string(node.keyed.arguments[0]).run

    def run(ctx: Context) -> str:
        number = _NUMERIC.match(selector(ctx).strip(SPACE))
        return numbered(ctx) if number else keyed(ctx)

    return Code(run, _read_over_fault(compiler, node.numbered))


def _compile_reading(compiler: Compiler, item: Item) -> Run:
    codes = [compiler.string(argument) for argument in item.arguments]
    runs = [code.run for code in codes]
    if item.fault is not None:
        steps: tuple[Callable[[Context], object], ...] = ()
        if runs:
            steps = (lambda ctx: _field(runs[0](ctx)), *runs[1:])
        return failing(item.fault.message, steps)
    find = _find_json(runs, item.options) if item.options else _find_text(codes)
    return code_of_value(compiler, item.branches, "extract", find, None, silent=True).run


def _read_over_fault(compiler: Compiler, item: Item) -> str | None:
    """What reading over finds: up to five arguments and ``fail`` may stand there, whatever they mean."""
    if item.read_over is not None and item.read_over.kind == "item-option":
        return item.read_over.message
    branches = item.branches
    strings = [part for part in (branches.yes, branches.no) if part] if branches else []
    faults = [compiler.string(part).fault for part in (*item.arguments, *strings)]
    return first_fault(*faults, item.read_over.message if item.read_over else None)


def _field(selector: str) -> str:
    field = selector.strip(SPACE)
    if not field:
        raise ExpansionFailed('first argument of "extract" must not be empty')
    return field


def _find_text(codes: Sequence[Code]) -> Callable[[Context], str | None]:
    selector, *separators, text = codes
    run = text.run
    known = (selector.constant or "").strip(SPACE)
    if known and (not separators or _NUMERIC.match(known)):  # else this is the reading that is not meant
        find = _find_at(known, separators[0].run) if separators else _find_key(known)
        return lambda ctx: find(ctx, run)
    select, between = selector.run, separators[0].run if separators else None

    def find_any(ctx: Context) -> str | None:
        field = _field(select(ctx))
        find = _find_at(field, between) if between else _find_key(field)
        return find(ctx, run)

    return find_any


def _find_key(key: str) -> Callable[[Context, Run], str | None]:
    def find(ctx: Context, run: Run) -> str | None:
        text = run(ctx)
        return taint_maybe(extract_keyed(key, text), text)

    return find


def _find_at(field: str, separators: Run) -> Callable[[Context, Run], str | None]:
    number = number_of(field)

    def find(ctx: Context, run: Run) -> str | None:
        between, text = separators(ctx), run(ctx)
        return taint_maybe(extract_numbered(number, between, text), text)

    return find


def taint_maybe(value: str | None, source: str) -> str | None:
    """*value*, tainted if *source* is; None stays None."""
    return value if value is None or type(source) is str else taint_like(value, source)


def number_of(field: str) -> int:
    """The number in ``-?[0-9]*``; no digits are 0."""
    value = int(field.removeprefix("-")[-_DIGITS_IN_32_BITS:] or "0")
    return int32(-value if field.startswith("-") else value)


def extract_numbered(number: int, separators: str, text: str) -> str | None:
    """Field *number* (from 1; negative from the end) of *text*; 0 is all of it."""
    if number == 0:
        return text
    parts = _fields(separators, text)
    if number < 0:
        number += len(parts) + 1
        return parts[number - 1] if number >= 1 else None
    return parts[number - 1] if number <= len(parts) else None


def _fields(separators: str, text: str) -> list[str]:
    """The stretches of *text* between octets that are in *separators*."""
    if len(separators) < 2:
        return text.split(separators) if separators else [text]
    return _separator_class(separators).split(text)


@lru_cache(maxsize=256)
def _separator_class(separators: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(separators)}]")


_KEYED = re.compile(r"[ \t-\r]*([^= \t-\r]*)[ \t-\r]*(?:=[ \t-\r]*)?")


_PLAIN_PAIR = re.compile(r"[ \t-\r]*([^= \t-\r]*)[ \t-\r]*(?:=[ \t-\r]*)?([^ \t-\r]*)(?<=.)", re.DOTALL)


def extract_keyed(key: str, text: str) -> str | None:
    """The value of *key* (any case) in ``name=value`` pairs; a value may be in double quotes."""
    at, wanted = 0, key.lower()
    if '"' not in text and "\\" not in text:
        for plain in _PLAIN_PAIR.finditer(text):
            if plain[1].lower() == wanted:
                return plain[2]
        return None
    while at < len(text):
        pair = _KEYED.match(text, at)
        assert pair is not None
        if pair.end() == len(text) and not pair[1]:
            return None
        value, at = dequote(text, pair.end())
        if pair[1].lower() == wanted:
            return value
    return None


def _find_json(runs: list[Run], form: str) -> Callable[[Context], str | None]:
    selector, source = runs

    def find(ctx: Context) -> str | None:
        field, text, strings = _field(selector(ctx)), source(ctx), at_least(ctx.target, "4.97")
        if _NUMERIC.match(field):
            value = _json_element(number_of(field), text, strings)
        else:
            value = _json_member(field, text, strings)
        if value is not None and form == "jsons":
            value = unwrap(value, '""', "wrapping string result for extract jsons")
        return taint_maybe(value, text)

    return find


def _json_element(number: int, text: str, strings: bool) -> str | None:
    inside = unwrap(text, "[]", "wrapping array for extract json")
    if number <= 0:
        raise ExpansionFailed('first argument of "extract" must be greater than zero')
    for position, item in enumerate(json_items(inside, strings), 1):
        if position == number:
            return item.rstrip(SPACE)
    return None


def _json_member(name: str, text: str, strings: bool) -> str | None:
    inside = unwrap(text, "{}", "wrapping object for extract json")
    for item in json_items(inside, strings):
        key = unwrap(item, '""', "wrapping string key for extract json")
        if key == name:
            rest = item[item.index('"') + len(key) + 2 :].lstrip(SPACE)
            if not rest.startswith(":"):
                raise ExpansionFailed("missing object value-separator for extract json")
            return rest[1:].lstrip(SPACE)
    return None


def compile_listextract(compiler: Compiler, node: Item) -> Code:
    """``${listextract{number}{list}…}``: item *number* (from 1; negative from the end)."""
    selector = compiler.string(node.arguments[0])
    selector_run = selector.run
    if node.fault is not None:
        step = (lambda ctx: _list_number(selector_run(ctx)),)
        return Code(failing(node.fault.message, step), first_fault(selector.fault, node.fault.message))
    listed, list_fault = compile_list(compiler, node.arguments[1])

    def find(ctx: Context) -> str | None:
        number = _list_number(selector_run(ctx))
        items, _ = listed(ctx)
        if number < 0:  # one too far at the left gives nothing, further ones the first item
            number += len(items) + 1
            number = number if number >= 0 else 1
        return items[number - 1] if 1 <= number <= len(items) else None

    number_fault = None
    if selector.constant is not None and not at_least(compiler.dialect.target, "4.97"):
        number_fault = fault_of(_list_number, selector.constant or "0")
    fault = first_fault(selector.fault, number_fault, list_fault)
    return code_of_value(compiler, node.branches, "listextract", find, fault)


def _list_number(text: str) -> int:
    field = text.strip(SPACE)
    if not field:
        raise ExpansionFailed('first argument of "listextract" must not be empty')
    if not _NUMERIC.match(field):
        raise ExpansionFailed('first argument of "listextract" must be numeric')
    return number_of(field)


COMPILERS = {"extract": compile_extract, "listextract": compile_listextract}
