"""A store that look-ups of one type ask, and what is kept of its answers. Spec: 9.8 "Lookup caching", 9.9."""

from __future__ import annotations

from eximconf.catalog.lookup_types import LOOKUP_TYPES
from eximconf.lookup import registry
from eximconf.lookup.model import Answer, CannotOpen, Finder, LookupAnswer, Patterns, Question, Style
from eximconf.lookup.search_type import SearchType
from eximconf.lookup.searches import Searches
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Deferred, ExpansionFailed
from eximconf.runtime.passwords import without_passwords
from eximconf.runtime.printing import quoted
from eximconf.runtime.value import Tainted


def open_search(ctx: Context, spec: SearchType, file: str, patterns: Patterns) -> OpenSearch:
    """A look-up that begins, or one from before in a store that is still open."""
    known = Searches.of(ctx.services).open.get((spec, file))
    if known is not None and known.ctx is ctx:
        return known
    return OpenSearch(ctx, spec, file, patterns)


class OpenSearch:
    """One look-up under way, or one after the other; the store is opened when it is first needed."""

    __slots__ = ("_answers", "_finder", "_remembered", "ctx", "question", "searches", "spec")

    def __init__(self, ctx: Context, spec: SearchType, file: str, patterns: Patterns) -> None:
        self.ctx = ctx
        self.spec = spec
        self.question = Question(ctx, spec.name, file, spec.options, patterns)
        self.searches = Searches.of(ctx.services)
        self._answers = self.searches.answers((spec.name, file))
        self._finder: Finder | None = None
        self._remembered = True

    def value(self, key: str) -> str | None:
        """The data for one key or query. An empty one finds nothing. Raises as `search.find` does."""
        try:
            if self.ctx.services.lookups is not None and key:
                recorded = self._recorded(key)
                if recorded is not None:
                    return recorded.value
            finder = self._finder or self._open()
            self.searches.message = ""
            kept = self._answers.get(key)
            if kept is not None and self.spec.reads_cache:
                options, value, expires = kept
                if options == self.spec.options and (expires is None or expires > self._now()):
                    return value
            return self._asked(finder, key) if key else None
        except (CannotOpen, Deferred) as error:
            self.searches.message = error.message
            raise
        except RecursionError:  # a file whose patterns are look-ups in it, in which a real Exim crashes
            raise Deferred("look-ups are nested too deeply") from None

    def _open(self) -> Finder:
        backend = registry.backend(self.spec.name)
        if backend is None:  # as an Exim that is built without it says
            shown = quoted(self.spec.name, self.ctx.settings, self.ctx.target)
            raise ExpansionFailed(f"unknown lookup type {shown}")
        self._remembered = backend.remembered and self.spec.writes_cache
        self._finder = backend.open(self.question)
        if backend.lasting or self.spec.style is Style.QUERY:
            self.searches.open[self.spec, self.question.file] = self
        return self._finder

    def _recorded(self, key: str) -> LookupAnswer | None:
        """What the run knows without the store."""
        lookups, question = self.ctx.services.lookups, self.question
        assert lookups is not None
        answer = lookups.answer(question.kind, question.file, key, question.options)
        if answer is not None:
            self._warn_unless_quoted(key)
        return answer

    def _asked(self, finder: Finder, key: str) -> str | None:
        """What the store says itself; that is kept."""
        if type(key) is Tainted:
            self._warn_unless_quoted(key)
        answer = finder(key)
        if self.ctx.services.lookups is not None:
            self._note(key, answer)
        if isinstance(answer, LookupAnswer):
            return self._limited(key, answer)
        if self._remembered:
            self._answers[key] = self.spec.options, answer, None
        return answer

    def _limited(self, key: str, answer: LookupAnswer) -> str | None:
        """The same for an answer that says how long it is good. One whose lifetime is 0 makes all answers of its
        store be forgotten instead."""
        value, lifetime = answer
        if self._remembered and lifetime == 0:
            self._answers.clear()
        elif self._remembered:
            expires = None if lifetime is None else self._now() + lifetime
            self._answers[key] = self.spec.options, value, expires
        return value

    def _now(self) -> float:
        clock = self.ctx.services.clock
        return clock.now() if clock is not None else 0.0

    def _note(self, key: str, answer: Answer) -> None:
        lookups, question = self.ctx.services.lookups, self.question
        assert lookups is not None
        told = answer if isinstance(answer, LookupAnswer) else LookupAnswer(answer)
        lookups.note(question.kind, question.file, key, question.options, told)

    def _warn_unless_quoted(self, query: str) -> None:
        """Log a query that holds outside data without quotes for this type. Spec: 9.9."""
        own = LOOKUP_TYPES.get(self.spec.name)
        if (
            type(query) is not Tainted
            or not self.spec.query
            or self.question.file
            or own is None
            or not own.quotes
        ):
            return
        if _quoting_family(query.quoter) == _quoting_family(self.spec.name):
            return
        shown: str = query
        if query.startswith("servers"):  # not with the passwords that may stand there
            shown = query.partition(";")[2].lstrip(SPACE)
        shown = without_passwords(shown)
        place = self.ctx.place() if self.ctx.place is not None else ""
        if self.ctx.log is not None:
            self.ctx.log(
                LogLine(f"tainted search query is not properly quoted{place}: {shown}", panic=True)
            )


def _quoting_family(kind: str | None) -> str | None:
    """A name for the types that share one way of quoting with *kind*."""
    return next((family for family in ("ldap", "testdb") if kind and kind.startswith(family)), kind)
