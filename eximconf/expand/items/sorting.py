"""The order of ``${sort}``: that of an insertion sort, as Exim's, so that ties fall alike. Spec: 11.5.

A new item goes before the first one to which it compares true. Where the comparison is a total order of
the keys at hand the same is had faster.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from itertools import pairwise

from eximconf.expand.bounds import begin_list, end_list
from eximconf.expand.numbers import parse_integer
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.value import ascii_lower, caseless_order

Before = Callable[[str, str], bool]


def _of_numbers(compare: Callable[[int, int], bool]) -> Before:
    """A comparison as numbers; one with something that is no number is false."""

    def before(one: str, other: str) -> bool:
        try:
            return compare(parse_integer(one), parse_integer(other))
        except ExpansionFailed:
            return False

    return before


COMPARATORS: dict[str, Before] = {
    "<": _of_numbers(operator.lt),
    "<=": _of_numbers(operator.le),
    ">": _of_numbers(operator.gt),
    ">=": _of_numbers(operator.ge),
    "lt": operator.lt,
    "lti": lambda one, other: caseless_order(one, other) < 0,
    "le": operator.le,
    "lei": lambda one, other: caseless_order(one, other) <= 0,
    "gt": operator.gt,
    "gti": lambda one, other: caseless_order(one, other) > 0,
    "ge": operator.ge,
    "gei": lambda one, other: caseless_order(one, other) >= 0,
}
_DESCENDING = frozenset((">", ">=", "gt", "gti", "ge", "gei"))
_LATER_TIES_FIRST = frozenset(("<=", ">=", "le", "lei", "ge", "gei"))


def sorted_by(name: str, items: Sequence[str], keys: Sequence[str], ctx: Context) -> list[str]:
    """*items* in the order of their *keys* by comparator *name*."""
    ordered = _ordered_keys(name, keys)
    if ordered is None:
        return _inserted(COMPARATORS[name], items, keys, ctx)
    numbers = range(len(items))
    if name in _LATER_TIES_FIRST:
        numbers = numbers[::-1]
    return [items[at] for at in sorted(numbers, key=ordered.__getitem__, reverse=name in _DESCENDING)]


def _ordered_keys(name: str, keys: Sequence[str]) -> Sequence[str] | Sequence[int] | None:
    """Keys that Python sorts as Exim does, None if the comparison is no total order of them."""
    if name[0] in "<>":
        try:
            return [parse_integer(key) for key in keys]
        except ExpansionFailed:
            return None
    if not name.endswith("i"):
        return keys
    lowered = [ascii_lower(key) for key in keys]
    distinct = sorted(set(lowered))
    begins_next = (one for one, other in pairwise(distinct) if other.startswith(one))
    return lowered if next(begins_next, None) is None else None


def _inserted(before: Before, items: Sequence[str], keys: Sequence[str], ctx: Context) -> list[str]:
    out: list[tuple[str, str]] = []
    visited = begin_list(ctx, len(items) ** 2 // 4)
    for item, key in zip(items, keys, strict=True):
        at = next((n for n, (_, other) in enumerate(out) if before(key, other)), len(out))
        out.insert(at, (item, key))
    end_list(ctx, visited)
    return [item for item, _ in out]
