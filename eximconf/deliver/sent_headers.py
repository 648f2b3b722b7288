"""The header lines of a message as they are sent: with what routers and a transport add, and remove. Spec: 24
``headers_add``, ``headers_remove``, 47.10."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.route.address import Address
from eximconf.route.router import text_of
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import ForcedFailure
from eximconf.runtime.value import ascii_lower

_LINE = re.compile(r"[^\n]*\n(?:[ \t][^\n]*\n)*")


def sent_headers(
    ctx: Context, headers: Sequence[str], address: Address, transport: DriverBlock | None
) -> Sequence[str]:
    """*headers*, each with its line end, as *transport* writes them for *address*. Raises `Outcome` for an option that
    cannot be expanded."""
    properties = address.properties
    adds = text_of(transport, "headers_add") if transport is not None else None
    removes = text_of(transport, "headers_remove") if transport is not None else None
    if not (adds or removes or properties.headers_add or properties.headers_remove):
        return headers
    names = [*_expanded(ctx, removes, ":"), *split(properties.headers_remove or "")[0]]
    kept = [line for line in headers if not any(_names(name, line) for name in names)]
    added = "".join(reversed(properties.headers_add))
    added += "".join(text if text.endswith("\n") else f"{text}\n" for text in _expanded(ctx, adds, "\n"))
    return [*kept, *_LINE.findall(added)]


def _expanded(ctx: Context, text: str | None, separator: str) -> Iterator[str]:
    """The items of a list, expanded one by one, but for those that are empty. Raises `Outcome`."""
    for item in split(text or "", separator)[0]:
        try:
            value = expand_string(item, ctx)
        except ForcedFailure:
            continue
        if value:
            yield value


def _names(name: str, line: str) -> bool:
    """Whether *name*, which ends with ``*`` for all that begins so, is that of a header line."""
    small = ascii_lower(line)
    if name.endswith("*"):
        return small.startswith(ascii_lower(name[:-1]))
    return small.startswith(ascii_lower(name)) and line[len(name) :].lstrip(" \t").startswith(":")
