"""Operators on lists."""

from __future__ import annotations

from eximconf.expand.operators.model import OperatorFunction, failed, shown
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.machine import SPACES

_KINDS = {"a": "address", "d": "domain", "h": "host", "l": "localpart"}
_LONGEST_ITEM = 255
_DEEPEST = 64


def listcount(text: str, raw: str | None, ctx: Context) -> str:
    """How many items a list has. Spec: ${listcount:<string>}."""
    return str(len(split(text)[0]))


def listnamed(text: str, raw: str | None, ctx: Context) -> str:
    """The text of a named list, lists named in it included. Spec: ${listnamed_<type>:<name>}."""
    if raw is not None and raw[:1] not in _KINDS:
        raise failed('bad suffix on "list" operator')
    kinds = tuple(_KINDS.values()) if raw is None else (_KINDS[raw[:1]],)
    return _named(text, kinds, ctx, 0)


def _named(name: str, kinds: tuple[str, ...], ctx: Context, depth: int) -> str:
    name = name.removeprefix("+")
    text = _find(name, kinds, ctx)
    if text is None:
        kind = f"{kinds[0]} " if len(kinds) == 1 else ""
        raise failed(f"{shown(name, ctx)} is not a {kind}named list")
    if depth > _DEEPEST:
        raise failed(f"named list {shown(name, ctx)} includes itself")
    plain, separator = split(text)
    items: list[str] = []
    for item in plain:
        item = item[:_LONGEST_ITEM].rstrip(SPACES)
        if item.startswith("+"):
            items.append(_named(item, kinds, ctx, depth + 1))
        else:
            items.append(item if separator == ":" else _requoted(item, separator))
    return " : ".join(items)


def _find(name: str, kinds: tuple[str, ...], ctx: Context) -> str | None:
    if ctx.lists is None:
        return None
    found = (ctx.lists.get(kind, name) for kind in kinds)
    return next((text for text in found if text is not None), None)


def _requoted(item: str, separator: str) -> str:
    """An item of a list with another separator, for a list with colons."""
    return item.replace(separator * 2, separator).replace(":", "::")


LIST_OPERATORS: dict[str, OperatorFunction] = {"listcount": listcount, "listnamed": listnamed}
