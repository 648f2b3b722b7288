"""Look-ups in lists, and what look-up types whose files hold patterns get from list matching."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from eximconf.lookup import search
from eximconf.match.ip import parse_address, parse_network
from eximconf.match.lists import match_list
from eximconf.match.verdict import Died, Expander, ListKind, ListUse
from eximconf.runtime.context import Context


class ListPatterns:
    """The protocol `lookup.model.Patterns`; *expand* is for the patterns that are expanded."""

    def __init__(self, expand: Expander) -> None:
        self.expand = expand

    def matcher(self, pattern: str, expanded: bool) -> Callable[[Context, str], bool]:
        from eximconf.match.strings import StringSubject  # whose items may be look-ups again

        use, kind = ListUse(self.expand, literal=not expanded, single=True), ListKind.STRING

        def test(ctx: Context, key: str) -> bool:
            subject = StringSubject(ctx, key, kind, self.expand)
            return match_list(ctx, subject, pattern, use).found

        return test

    def address(self, text: str) -> tuple[int, int] | None:
        return parse_address(text)

    def network(self, text: str) -> tuple[int, int, int] | None:
        return parse_network(text)


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
        raise Died(error.message) from None
