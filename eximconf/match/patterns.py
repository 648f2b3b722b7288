"""Look-ups in lists, and what look-up types whose files hold patterns get from list matching."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from eximconf.lookup import search
from eximconf.match.ip import parse_address, parse_network
from eximconf.match.lists import match_list
from eximconf.match.regex import Regex
from eximconf.match.verdict import NO_MESSAGE, Died, Expander, ListDeferred, ListKind, ListUse
from eximconf.runtime.context import Context

_NULL = "(null)"  # how an expansion shows that nothing set a message; a log line shows it otherwise


class ListPatterns:
    """The protocol `lookup.model.Patterns`; *expand* is for the patterns that are expanded."""

    def __init__(self, expand: Expander) -> None:
        self.expand = expand

    def matcher(self, pattern: str, expanded: bool) -> Callable[[Context, str], bool]:
        from eximconf.match.strings import StringSubject  # whose items may be look-ups again

        use, kind = ListUse(self.expand, literal=not expanded, single=True), ListKind.STRING
        regex = _RegexTest(pattern) if pattern[:1] == "^" and not expanded else None

        def test(ctx: Context, key: str) -> bool:
            if regex is not None and ctx.trace is None:
                return regex.matches(key)
            subject = StringSubject(ctx, key, kind, self.expand)
            try:
                return match_list(ctx, subject, pattern, use).found
            except ListDeferred as error:
                error.message = "" if error.message == NO_MESSAGE else error.message
                raise

        return test

    def address(self, text: str) -> tuple[int, int] | None:
        return parse_address(text)

    def network(self, text: str) -> tuple[int, int, int] | None:
        return parse_network(text)


class _RegexTest:
    """A test against a regular expression, which is compiled once and kept: a file may hold many."""

    __slots__ = ("_pattern", "_regex")

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._regex: Regex | None = None

    def matches(self, key: str) -> bool:
        """Raises `Died` for a pattern that does not compile."""
        if self._regex is None:
            from eximconf.match.compared import list_regex

            self._regex = list_regex(self._pattern, True)
        return self._regex.matches(key)


@lru_cache(maxsize=8)
def patterns_with(expand: Expander) -> ListPatterns:
    """The `ListPatterns` of an expander."""
    return ListPatterns(expand)


def look_up(
    ctx: Context, spec: search.SearchType, source: str, key: str, expand: Expander
) -> search.Found | None:
    """The look-up of a list item. Raises `Died` where a store does not open, and `Deferred`."""
    try:
        return search.find(ctx, spec, source, key, patterns_with(expand))
    except search.CannotOpen as error:
        raise Died(NO_MESSAGE if error.message == _NULL else error.message) from None
