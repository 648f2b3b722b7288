"""Filters of either language. Spec: 22.8, the filter specification."""

from __future__ import annotations

from eximconf.route.filter.exim import run_exim_filter
from eximconf.route.filter.rules import FilterRules, Narrator
from eximconf.route.redirection import Redirected
from eximconf.runtime.context import Context


def run_filter(
    ctx: Context, kind: str, text: str, rules: FilterRules, narrator: Narrator | None = None
) -> Redirected:
    """What the filter *text* of *kind* (``exim``, ``sieve``) does. Raises nothing but `Died`.

    *narrator*: the filter is only tested, and this is told what it would do.
    """
    if kind == "sieve":
        from eximconf.route.filter.sieve import run_sieve_filter

        return run_sieve_filter(ctx, text, rules, narrator)
    return run_exim_filter(ctx, text, rules, narrator)
