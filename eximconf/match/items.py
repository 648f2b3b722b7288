"""The text of a list as its items. Spec: 6.20 "List construction", 10.2.1 "Negated items in lists".

What can be known of a list before it is expanded is found out once (`written_list`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE, leading_separator, split
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted
from eximconf.syntax.escapes import ESCAPE, unescape

ONE_ITEM = "\0"  # a separator that never comes: the whole text is one item


class Item(NamedTuple):
    """An item of a list: as it stands there, and without its exclamation mark."""

    text: str
    pattern: str
    negated: bool


def list_items(ctx: Context, text: str, separator: str = "") -> tuple[Item, ...]:
    """The items of *text*, which is expanded already. *separator*: one that was found before the
    expansion, or `ONE_ITEM`."""
    if type(text) is not Tainted:
        return _items(text, separator)
    if not separator and at_least(ctx.target, "4.99"):
        named, rest = leading_separator(text)
        if named:  # outside data may not choose a separator: what follows is one item, seen in 4.100-dev
            text, separator = Tainted(rest), ONE_ITEM
    return _tainted_items(str.__str__(text), separator)


class WrittenList(NamedTuple):
    """A list as the configuration has it: *separator* (or "") and *text* behind it.

    *items*: those of a list without anything to expand, else None.
    """

    separator: str
    text: str
    items: tuple[Item, ...] | None


@lru_cache(maxsize=2048)
def written_list(text: str, recent: bool, literal: bool, single: bool) -> WrittenList:
    """The list *text*, which is not tainted. *recent*: as Exim reads it since 4.99. *literal*: it is not expanded
    itself; *single*: it is one item, whatever separators stand in it."""
    separator = ONE_ITEM if single else ""
    if literal:
        return WrittenList(separator, text, _items(text, separator))
    if recent and not single:
        separator, text = _separator_before_expansion(text)
    constant = "$" not in text and "\\" not in text
    return WrittenList(separator, text, _items(text, separator) if constant else None)


def _separator_before_expansion(text: str) -> tuple[str, str]:
    """The separator that the unexpanded *text* names, or "", and the rest of it.

    Since 4.99 Exim reads it before the expansion, as a character or as an escape (``<\\n``); older ones
    (seen in 4.98.2) expand all of the text and leave it to the splitting.
    """
    rest = text.lstrip(SPACE)
    escape = ESCAPE.match(rest, 1) if rest[:2] == "<\\" else None
    if escape is None:
        return leading_separator(text)
    char = unescape(escape[0])
    if char.isalnum() or not (char < " " or "!" <= char <= "\x7f"):
        return "", text
    return ("" if char == "\0" else char), rest[escape.end() :]


@lru_cache(maxsize=1024)
def _items(text: str, separator: str) -> tuple[Item, ...]:
    text = text.partition("\0")[0]  # where a text ends for Exim
    return tuple(_item(item) for item in split(text, separator)[0])


@lru_cache(maxsize=256)
def _tainted_items(text: str, separator: str) -> tuple[Item, ...]:
    return tuple(
        Item(Tainted(item.text), Tainted(item.pattern), item.negated) for item in _items(text, separator)
    )


def _item(text: str) -> Item:
    if text[:1] == "!":
        return Item(text, text[1:].lstrip(SPACE), True)
    return Item(text, text, False)
