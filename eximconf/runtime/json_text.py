"""JSON as Exim takes it apart: by brackets and quotes, not by a full parser. Spec: 11.5 "extract json"."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.runtime.list_text import SPACE
from eximconf.runtime.outcome import ExpansionFailed


def unwrap(text: str, wrap: str, what: str) -> str:
    """What stands between the outermost pair *wrap*. Raises `ExpansionFailed`, naming *what*."""
    opening, closing = wrap[0], wrap[1]
    body = text.lstrip(SPACE)
    if not body.startswith(opening):
        raise ExpansionFailed(f"missing '{opening}' {what}")
    depth, at = 0, 1
    while at < len(body):
        char = body[at]
        if char == "\\":
            at += 1
        elif char == opening != closing:
            depth += 1
        elif char == closing:
            if depth == 0:
                return body[1:at]
            depth -= 1
        at += 1
    raise ExpansionFailed(f"missing '{closing}' {what}")


def json_items(text: str, strings: bool = True) -> Iterator[str]:
    """The elements of an array or the members of an object, as text, without the enclosing pair.

    Without *strings*, a comma in a string separates too, as before 4.97.
    """
    at = 0
    while True:
        while at < len(text) and text[at] in SPACE:
            at += 1
        end = _item_end(text, at, strings)
        if end <= at:
            return
        yield text[at:end]
        at = end + 1


def _item_end(text: str, at: int, strings: bool) -> int:
    """Where the item that begins at *at* ends: at a comma outside brackets and quotes."""
    arrays = objects = 0
    quoted = False
    while at < len(text):
        char = text[at]
        if quoted:
            if char == "\\":
                at += 1
            elif char == '"':
                quoted = False
        elif char == "," and arrays == 0 and objects == 0:
            break
        elif char == '"':
            quoted = strings
        elif char in "[]":
            arrays += 1 if char == "[" else -1
        elif char in "{}":
            objects += 1 if char == "{" else -1
        at += 1
    return min(at, len(text))
