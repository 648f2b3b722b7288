"""The seam to what interprets filter files. Spec: 22.8 "Redirect errors", the filter specification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from eximconf.route.redirection import Redirected
from eximconf.runtime.context import Context


@dataclass(frozen=True, slots=True)
class FilterRules:
    """What a filter may do: the names of ``forbid_filter_…`` and ``allow_…`` options that are set."""

    options: frozenset[str]


class Filters(Protocol):
    """Interprets filters."""

    def run(self, ctx: Context, kind: str, text: str, rules: FilterRules) -> Redirected:
        """What the filter *text* of *kind* (``exim``, ``sieve``) does. Never raises."""
        ...
