"""Conditions that match against lists and regular expressions. Spec: 11.7."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from eximconf.expand.code import Check, Run
from eximconf.expand.conditions import Condition
from eximconf.expand.dynamic import expand_string
from eximconf.expand.items.branches import restore_value
from eximconf.lookup.searches import Searches
from eximconf.match.regex import RegexError, compile_regex
from eximconf.match.verdict import NO_MESSAGE, ListDeferred
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import leading_separator, split
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted, ascii_lower


def _match(arguments: Sequence[str], ctx: Context) -> bool:
    """A regular expression; on a match ``$0``, ``$1`` … are set."""
    text, pattern = arguments
    try:
        found = compile_regex(pattern).numbers(text)
    except RegexError as error:
        raise ExpansionFailed(str(error)) from None
    if found is None:
        return False
    ctx.numbers = found
    return True


def match_constant(subject: Run, pattern: str) -> Check | None:
    """``match`` with a pattern that is the same each time; None if it does not compile."""
    try:
        numbers = compile_regex(pattern).numbers
    except RegexError:
        return None

    def run(ctx: Context) -> bool:
        found = numbers(subject(ctx))
        if found is None:
            return False
        ctx.numbers = found
        return True

    return run


def _inlist(fold: Callable[[str], str]) -> Condition:
    def condition(arguments: Sequence[str], ctx: Context) -> bool:
        wanted, text = arguments
        if at_least(ctx.target, "4.99"):  # it is expanded once more
            items = _plain_items(text)
            if items is None or type(text) is Tainted:
                separator, rest = leading_separator(text)
                items = split(expand_string(rest, ctx), separator)[0]
        else:
            items = split(text)[0]
        folded = fold(wanted)
        for item in items:
            if fold(item) == folded:
                ctx.variables["value"] = item
                return True
        return False

    return condition


@lru_cache(maxsize=512)
def _plain_items(text: str) -> Sequence[str] | None:
    """The items of a list that has nothing to expand."""
    return None if "$" in text or "\\" in text else split(text)[0]


def _said(error: ListDeferred, ctx: Context) -> str:
    """Why a match cannot be completed: where the list says nothing, Exim repeats what the last look-up said."""
    before = Searches.of(ctx.services).message
    return before if error.message == NO_MESSAGE and before != "(null)" else error.message


def _by_list(name: str) -> Condition:
    """A condition that is one of Exim's list matches; ``$value`` is what the list gave for the item, also
    where a negated item decided."""

    def condition(arguments: Sequence[str], ctx: Context) -> bool:
        from eximconf.match import conditions

        subject, text = arguments
        try:
            result = conditions.MATCHERS[name](ctx, subject, text, expand_string)
        except ListDeferred as error:
            restore_value(ctx, error.data)
            shown = quoted(text, ctx.settings, ctx.target)
            raise ExpansionFailed(
                f"unable to complete match against {shown}: {_said(error, ctx)}"
            ) from None
        restore_value(ctx, result.data)
        return result.found

    return condition


FUNCTIONS: dict[str, Condition] = {
    "match": _match,
    "inlist": _inlist(str),
    "inlisti": _inlist(ascii_lower),
    "match_address": _by_list("address"),
    "match_domain": _by_list("domain"),
    "match_ip": _by_list("ip"),
    "match_local_part": _by_list("local_part"),
}
