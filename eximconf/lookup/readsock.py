"""``readsock`` as a look-up. What Exim has under this name is for ``${readsocket…}``, which gives it the
address of the socket; a look-up has no place for that and finds nothing. Seen in 4.100-dev."""

from __future__ import annotations

from eximconf.lookup.model import Backend, Finder, Question, Style


def _open(_question: Question) -> Finder:
    return lambda _query: None


BACKENDS = {"readsock": Backend(_open, Style.QUERY)}
