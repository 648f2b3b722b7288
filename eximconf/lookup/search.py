"""Looking something up: ``${lookup…}``, and items of lists that name a look-up.

`parse_type` reads the type; `find` asks, `plain_value` does where a value is all that can be found. A store that
does not open raises `CannotOpen`; one that cannot answer now raises `Deferred` with its own message, to which an
expansion adds the key (`deferred_expansion`). Spec: 9.
"""

from __future__ import annotations

from typing import NamedTuple

from eximconf.lookup.candidates import candidates
from eximconf.lookup.model import CannotOpen, Patterns, Style
from eximconf.lookup.open_search import OpenSearch, open_search
from eximconf.lookup.search_type import SearchType, parse_plain_type, parse_type
from eximconf.lookup.searches import Searches
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Deferred
from eximconf.runtime.passwords import without_passwords
from eximconf.runtime.printing import printing, quoted
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted, taint_like, untaint

__all__ = [
    "CannotOpen", "Found", "SearchType", "deferred_expansion", "find", "parse_plain_type", "parse_type", "plain_value",
]  # fmt: skip


class Found(NamedTuple):
    """What a look-up found.

    *value*: the data, or the key sought with ``ret=key``. *key*: the key that was found, perhaps shortened
    or ``*``. *parts*: what ``$1`` and ``$2`` become, the wild and the fixed part of the key sought; () where
    they are left alone.
    """

    value: str
    key: str
    parts: tuple[str, ...] = ()

    def numbers(self, before: list[str]) -> list[str]:
        """``$0``, ``$1`` … where what was found is used; *before*: those from before."""
        return [before[0] if before else "", *self.parts] if self.parts else before


def find(ctx: Context, spec: SearchType, source: str, key: str | None, patterns: Patterns) -> Found | None:
    """Look up *key* in *source*; in query styles *source* is the query, with its file for SQLite, and *key*
    means nothing. None: there is no such thing.

    A pattern of a file that matches unsets ``$1`` … of *ctx*. Raises `CannotOpen`; `ExpansionFailed` where a
    service is missing; `Deferred`.
    """
    search, wanted = _begun(ctx, spec, source, key, patterns)
    if spec.plain or spec.query:
        value = search.value(wanted)
        return None if value is None else Found(value, wanted)
    for candidate, parts in candidates(spec, wanted, ctx.target):
        value = search.value(candidate)
        if value is not None:
            return Found(untaint(wanted) if spec.return_key else value, candidate, parts)
    return None


def plain_value(
    ctx: Context, spec: SearchType, source: str, key: str | None, patterns: Patterns
) -> str | None:
    """The value that `find` gives for a *plain* type, with which nothing else can be found."""
    file, wanted = _file_and_query(spec, source) if key is None else (source, key)
    search = Searches.of(ctx.services).open.get((spec, file))
    # The usual look-up goes on in an open store; whatever is special begins one.
    if search is None or search.ctx is not ctx or type(file) is Tainted or "\0" in wanted:
        found = find(ctx, spec, source, key, patterns)
        return None if found is None else found.value
    return search.value(wanted)


def _begun(
    ctx: Context, spec: SearchType, source: str, key: str | None, patterns: Patterns
) -> tuple[OpenSearch, str]:
    """Where to look, and for what."""
    if "\0" in source:
        source = _cut(source, 0, source.index("\0"))
    if spec.query or key is None:
        source, key = _file_and_query(spec, source)
    elif "\0" in key:
        key = _cut(key, 0, key.index("\0"))
    if type(source) is Tainted:
        if ctx.log is not None:
            ctx.log(LogLine(f"Tainted filename for search: '{source}'", panic=True))
        raise CannotOpen(Searches.of(ctx.services).message)
    return open_search(ctx, spec, source, patterns), key


def deferred_expansion(
    ctx: Context, spec: SearchType, source: str, key: str | None, error: Deferred
) -> Deferred:
    """*error*, raised by `find`, in the words of an expansion."""
    sought = without_passwords(_file_and_query(spec, source)[1]) if spec.query or key is None else key
    if at_least(ctx.target, "4.99"):
        shown, reason = (quoted(text, ctx.settings, ctx.target) for text in (sought, error.message))
    else:
        escaped = printing(sought, ctx.settings).replace("\t", "\\t")
        shown, reason = f'"{escaped}"', error.message
    error.message = f"lookup of {shown} gave DEFER: {reason}"
    return error


def _file_and_query(spec: SearchType, source: str) -> tuple[str, str]:
    """The file, "" for none, and the query of a look-up in a query style."""
    query = source if source[:1] > " " else _cut(source, len(source) - len(source.lstrip(SPACE)))
    if spec.style is not Style.FILE_QUERY:
        return "", query
    if spec.file is not None:
        return spec.file, query
    if query[:1] != "/":
        return "", query
    end = next((at for at, char in enumerate(query) if char in SPACE), len(query))
    rest = query[end:]
    return _cut(query, 0, end), _cut(query, end + len(rest) - len(rest.lstrip(SPACE)))


def _cut(text: str, start: int, end: int | None = None) -> str:
    return taint_like(text[start:end], text)
