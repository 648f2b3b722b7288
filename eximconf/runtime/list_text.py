"""Exim's lists as text: taking them apart and putting them together.

A list is text with separators, ``:`` unless the text begins with ``<`` and another one. A doubled
separator stands for itself; white space around items is dropped, though not behind a backslash; an
empty item at the end does not count. Spec: "List construction", "Changing list separators", "Empty items in lists".
"""

from __future__ import annotations

from eximconf.runtime.value import Tainted, quoted_for, taint_like

SPACE = " \t\n\v\f\r"


def leading_separator(text: str) -> tuple[str, str]:
    """The separator that *text* itself names, or "", and the rest of the text."""
    rest = text.lstrip(SPACE)
    if len(rest) > 1 and rest[0] == "<" and _may_separate(rest[1]):
        return rest[1], rest[2:]
    if rest == "<":  # what follows is the NUL at the end
        return "\0", ""
    return "", text


def split(text: str, separator: str = "") -> tuple[list[str], str]:
    """The items of *text* and the separator used; *separator* overrides what the text says."""
    if not separator:
        separator, text = leading_separator(text)
        separator = separator or ":"
    items = _split(text, separator)
    if type(text) is Tainted:
        items = [quoted_for(item, text.quoter) for item in items]
    return items, separator


def _split(text: str, separator: str) -> list[str]:
    space = SPACE.replace(separator, "")
    double = separator + separator
    control = separator < " " or separator == "\x7f"
    if control or double not in text:
        items = [_trimmed(item.lstrip(space)) for item in text.split(separator)]
        if not text.rpartition(separator)[2].lstrip(space):
            items.pop()
        return items
    return _split_doubled(text, separator, space)


def _split_doubled(text: str, separator: str, space: str) -> list[str]:
    items: list[str] = []
    at, end = 0, len(text)
    while True:
        while at < end and text[at] in space:
            at += 1
        if at >= end:
            return items
        item = ""
        if text[at] == separator and text[at : at + 2] != separator * 2:
            items.append("")
            at += 1
            continue
        if text[at] == separator:
            at += 1
        while True:
            stop = text.find(separator, at + 1)
            stop = end if stop < 0 else stop
            item += text[at:stop]
            at = stop + 1
            if at >= end or text[at] != separator:
                break
        items.append(_trimmed(item))


def _trimmed(item: str) -> str:
    """*item* without the white space at its end; the first of it stays if a backslash is before it."""
    short = item.rstrip(SPACE)
    return item[: len(short) + 1] if short[-1:] == "\\" else short


def quote(item: str, separator: str) -> str:
    """*item* with its separators doubled; an empty one is a space."""
    return item.replace(separator, separator * 2) if item else " "


def append_item(text: str, separator: str, item: str) -> str:
    """The list *text* with one more item; an empty one becomes a space."""
    return f"{text}{separator if text else ''}{quote(item, separator)}"


def join_results(items: list[str], separator: str) -> str:
    """A list out of results of ``map`` and ``filter``: separators in them are doubled, and an item
    that is empty or begins with the separator gets a space before it, the first one excepted."""
    text = separator.join(items)
    if text.count(separator) != len(items) - 1 or "" in items:
        out = []
        for number, item in enumerate(items):
            space = " " if number and (not item or item[0] == separator) else ""
            out.append(space + item.replace(separator, separator * 2))
        text = separator.join(out)
    return taint_like(text, *items) if Tainted in map(type, items) else text


def _may_separate(char: str) -> bool:
    return ("!" <= char <= "~" and not char.isalnum()) or char < " " or char == "\x7f"
