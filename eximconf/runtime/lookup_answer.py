"""What a look-up gives, whoever answers it: a store, or a recording of one."""

from __future__ import annotations

from typing import NamedTuple


class LookupAnswer(NamedTuple):
    """The data found for a key or a query, None if there is none.

    *lifetime*: how many seconds the answer may be used again; None: as long as the run lasts. 0 says
    that the question changed the store, so that answers from before must be forgotten as well.
    Spec: 9.8 "Lookup caching".
    """

    value: str | None
    lifetime: float | None = None


NOT_FOUND = LookupAnswer(None)
