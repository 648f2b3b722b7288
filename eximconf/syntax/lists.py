r"""Exim's lists with the place of each item.

A list is text with separators, ``:`` unless it begins with ``<`` and another one (punctuation or a
control character). A doubled separator stands for itself, unless it is a control character; white space
round items is dropped, but not behind a backslash; an empty item at the end does not count. Colons of
IPv6 addresses are separators like others. Spec: 6.21 "List construction" to 6.23. Seen on 4.100-dev.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eximconf.source.text import SourceText
from eximconf.syntax.nodes import node

SPACE = " \t\n\v\f\r"


@node
class ListItem:
    """One item. *text* has no doubled separators; *start* and *end* are offsets in the list's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ListText:
    """A list taken apart. *changed*: the text itself names the separator."""

    items: tuple[ListItem, ...]
    separator: str = ":"
    changed: bool = False

    @property
    def texts(self) -> list[str]:
        return [item.text for item in self.items]


def split_list(text: str, separator: str = ":") -> ListText:
    """Take *text* apart; *separator* is what it has if it does not name one."""
    start = _skip(text, 0, "")
    if text[start:] == "<":  # the NUL that ends the string is taken for a separator
        return ListText(())
    changed = text.startswith("<", start) and _may_separate(text[start + 1 : start + 2])
    if changed:
        separator = text[start + 1]
        start += 2
    return ListText(tuple(_items(text, start, separator)), separator, changed)


def _may_separate(char: str) -> bool:
    """Whether *char* may follow ``<``: ASCII punctuation or a control character."""
    if not char:
        return False
    return ("!" <= char <= "~" and not char.isalnum()) or char < " " or char == "\x7f"


def _skip(text: str, at: int, separator: str) -> int:
    while at < len(text) and text[at] in SPACE and text[at] != separator:
        at += 1
    return at


def _items(text: str, at: int, separator: str) -> Iterator[ListItem]:
    doubles = " " <= separator != "\x7f"
    while (at := _skip(text, at, separator)) < len(text):
        start, at = at, _item_end(text, at, separator, doubles)
        end = _without_space(text, start, at)
        item = text[start:end]
        yield ListItem(item.replace(separator * 2, separator) if doubles else item, start, end)
        at += 1


def _item_end(text: str, at: int, separator: str, doubles: bool) -> int:
    """The offset of the separator that ends the item at *at*, or of the end."""
    while True:
        at = text.find(separator, at)
        if at < 0:
            return len(text)
        if not doubles or not text.startswith(separator, at + 1):
            return at
        at += 2


def _without_space(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in SPACE and (end - start == 1 or text[end - 2] != "\\"):
        end -= 1
    return end


def item_source(source: SourceText, item: ListItem, separator: str) -> SourceText:
    """*item* of the list *source* as text that knows its origin."""
    piece = source.slice(item.start, item.end)
    if len(item.text) == len(piece.text):
        return piece
    parts, at = [], 0
    while (double := piece.text.find(separator * 2, at)) >= 0:
        parts.append(piece.slice(at, double + 1))
        at = double + 2
    if at < len(piece.text):
        parts.append(piece.slice(at, len(piece.text)))
    return SourceText.join(parts)


def join_list(items: Iterable[str], separator: str = ":") -> str:
    """A list that `split_list` takes apart into *items* (without white space round them) again.

    A *separator* that is a control character must not stand in an item: it cannot be doubled.
    """
    parts = []
    for item in items:
        space = "" if item.endswith("\\") else " "  # which is kept behind a backslash
        parts.append(item.replace(separator, separator * 2) + space)
    text = f"{separator} ".join(parts)
    text = text + separator if parts and parts[-1] == " " else text.removesuffix(" ")
    named = text.lstrip(SPACE)
    if separator != ":" or (named.startswith("<") and named[1:2] != " "):
        return f"<{separator} {text}"
    return text
