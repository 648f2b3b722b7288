"""Rows of a database as the text that a look-up gives. Spec: 9.13 "SQL lookups"."""

from __future__ import annotations

from collections.abc import Sequence

_MUST_BE_QUOTED = frozenset(" \t\n\r")


def row_text(names: Sequence[str], values: Sequence[str]) -> str:
    """One row: the value alone, or ``name=value`` and a space for each of several columns."""
    if len(values) == 1:
        return values[0]
    return "".join(f"{name}={quoted_value(value)} " for name, value in zip(names, values, strict=True))


def quoted_value(value: str) -> str:
    """*value* in double quotes if it is empty, begins with one or has white space in it."""
    if value and value[0] != '"' and _MUST_BE_QUOTED.isdisjoint(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
