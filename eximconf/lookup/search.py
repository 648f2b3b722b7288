"""Looking something up: ``${lookup…}``, and items of lists that name a look-up.

`parse_type` reads the type; `find` asks. A store that does not open raises `CannotOpen`; one that cannot
answer now raises `Deferred` with its own message, to which an expansion adds the key
(`deferred_expansion`). Spec: 9.
"""

from __future__ import annotations

from typing import NamedTuple, cast

from eximconf.catalog.lookup_types import LOOKUP_TYPES
from eximconf.lookup import registry
from eximconf.lookup.candidates import candidates
from eximconf.lookup.model import Backend, CannotOpen, Finder, Patterns, Question, Style
from eximconf.lookup.search_type import SearchType, parse_plain_type, parse_type
from eximconf.lookup.searches import Kept, Searches
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.log import LogLine
from eximconf.runtime.lookup_answer import LookupAnswer
from eximconf.runtime.outcome import Deferred, ExpansionFailed
from eximconf.runtime.passwords import without_passwords
from eximconf.runtime.printing import printing, quoted
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted, taint_like, untaint

__all__ = [
    "CannotOpen", "Found", "SearchType", "deferred_expansion", "find", "kept_answer", "parse_plain_type",
    "parse_type",
]  # fmt: skip


_LEADING = frozenset(SPACE)


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
    if "\0" in source:
        source = _cut(source, 0, source.index("\0"))
    if key is not None and "\0" in key:
        key = _cut(key, 0, key.index("\0"))
    file, query = _file_and_query(spec, source)
    if type(file) is Tainted:
        _log(ctx, f"Tainted filename for search: '{file}'")
        raise CannotOpen(Searches.of(ctx.services).message)
    search = _search(ctx, spec, file, patterns)
    try:
        return _found(search, spec, key, query)
    except (CannotOpen, Deferred) as error:
        search.searches.message = error.message
        raise
    except RecursionError:  # a file whose patterns are look-ups in it, in which a real Exim crashes
        raise Deferred("look-ups are nested too deeply") from None


def kept_answer(ctx: Context, spec: SearchType, source: str, key: str | None) -> Kept | None:
    """The answer to a *plain* look-up that was kept, if nothing need be opened or read to know that it is
    still good; None if `find` has to see."""
    services = ctx.services
    searches = services.memory.get(Searches)
    if searches is None or services.lookups is not None:
        return None
    if key is None:
        return cast("Searches", searches).lasting((spec.name, ""), source, spec.options)
    if type(source) is Tainted:  # which no file name may be
        return None
    return cast("Searches", searches).lasting((spec.name, source), key, spec.options)


def _found(search: _Search, spec: SearchType, key: str | None, query: str) -> Found | None:
    """What the first key that is there gives."""
    if spec.query or key is None:
        value = search.value(query)
        return None if value is None else Found(value, query)
    if spec.plain:
        value = search.value(key)
        return None if value is None else Found(value, key)
    for candidate, parts in candidates(spec, key, search.ctx.target):
        value = search.value(candidate)
        if value is not None:
            return Found(untaint(key) if spec.return_key else value, candidate, parts)
    return None


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
    """The file, "" for none, and the query of a look-up."""
    if spec.style is Style.KEY:
        return source, ""
    query = _cut(source, len(source) - len(source.lstrip(SPACE))) if source[:1] in _LEADING else source
    if spec.style is Style.QUERY:
        return "", query
    for option in spec.options:
        if option.startswith("file="):
            return option[5:], query
    if query[:1] != "/":
        return "", query
    end = next((at for at, char in enumerate(query) if char in SPACE), len(query))
    rest = query[end:]
    return _cut(query, 0, end), _cut(query, end + len(rest) - len(rest.lstrip(SPACE)))


def _cut(text: str, start: int, end: int | None = None) -> str:
    return taint_like(text[start:end], text)


def _log(ctx: Context, text: str) -> None:
    if ctx.log is not None:
        ctx.log(LogLine(text, panic=True))


def _search(ctx: Context, spec: SearchType, file: str, patterns: Patterns) -> _Search:
    """A look-up that begins, or one from before in a store that is still open."""
    known = Searches.of(ctx.services).open.get((id(spec), file))
    if type(known) is _Search and known.ctx is ctx and known.spec is spec:
        return known
    return _Search(ctx, spec, file, patterns)


class _Search:
    """One look-up under way: a store, opened when it is first needed, and what is known of its answers."""

    __slots__ = ("_backend", "_finder", "ctx", "question", "searches", "source", "spec")

    def __init__(self, ctx: Context, spec: SearchType, file: str, patterns: Patterns) -> None:
        self.ctx = ctx
        self.spec = spec
        self.question = Question(ctx, spec.name, file, spec.options, patterns)
        self.source = (spec.name, file)
        self._backend: Backend | None = None
        self._finder: Finder | None = None
        self.searches = Searches.of(ctx.services)

    def value(self, key: str) -> str | None:
        """The data for one key or query. An empty one finds nothing."""
        lookups = self.ctx.services.lookups
        if lookups is not None and key:
            spec = self.spec
            answer = lookups.answer(spec.name, self.question.file, key, spec.options)
            if answer is not None:
                if type(key) is Tainted and spec.query:
                    self._warn_unless_quoted(key)
                return answer.value
        finder = self._finder or self._open()
        self.searches.message = ""
        if not key:
            return None
        assert self._backend is not None
        return self._remembered(finder, key) if self._backend.remembered else self._ask(finder, key).value

    def _open(self) -> Finder:
        self._backend = registry.backend(self.spec.name)
        if self._backend is None:  # as an Exim that is built without it says
            shown = quoted(self.spec.name, self.ctx.settings, self.ctx.target)
            raise ExpansionFailed(f"unknown lookup type {shown}")
        self._finder = self._backend.open(self.question)
        if self._backend.lasting or self.spec.style is Style.QUERY:
            self.searches.open[id(self.spec), self.question.file] = self
        return self._finder

    def _remembered(self, finder: Finder, key: str) -> str | None:
        """The answer that is known, or else the one that the store gives; that is kept."""
        searches, spec, clock = self.searches, self.spec, self.ctx.services.clock
        if spec.reads_cache:
            kept = searches.known(self.source, key, spec.options, clock)
            if kept is not None:
                return kept.value
        answer = self._ask(finder, key)
        if spec.writes_cache:
            searches.keep_answer(self.source, key, spec.options, answer, clock)
        return answer.value

    def _ask(self, finder: Finder, key: str) -> LookupAnswer:
        if type(key) is Tainted and self.spec.query:
            self._warn_unless_quoted(key)
        answer = finder(key)
        lookups = self.ctx.services.lookups
        if lookups is not None:
            lookups.note(self.spec.name, self.question.file, key, self.spec.options, answer)
        return answer

    def _warn_unless_quoted(self, query: Tainted) -> None:
        """Log a query that holds outside data without quotes for this type. Spec: 9.9."""
        own = LOOKUP_TYPES.get(self.spec.name)
        if self.question.file or own is None or not own.quotes:
            return
        if _quoting_family(query.quoter) == _quoting_family(self.spec.name):
            return
        shown: str = query
        if query.startswith("servers"):  # not with the passwords that may stand there
            shown = query.partition(";")[2].lstrip(SPACE)
        shown = without_passwords(shown)
        place = self.ctx.place() if self.ctx.place is not None else ""
        _log(self.ctx, f"tainted search query is not properly quoted{place}: {shown}")


def _quoting_family(kind: str | None) -> str | None:
    """A name for the types that share one way of quoting with *kind*."""
    return next((family for family in ("ldap", "testdb") if kind and kind.startswith(family)), kind)
