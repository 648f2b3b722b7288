"""What an expansion may take: Exim has no limits here, but nothing of ours runs for ever or eats all memory."""

from __future__ import annotations

from collections.abc import Iterable

from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed

DEEPEST = 150
"""Strings and conditions that may stand in one another."""
LONGEST = 1 << 24
"""Octets of a value that was multiplied."""
MOST_SPECIALS = 1 << 18
"""Dollars, backslashes and braces in a string to expand."""
MOST_STEPS = 5_000_000
"""List items and matches that may be visited in and below one ``map``, ``sg``, ``forany`` …."""

TOO_DEEP = "expansion is nested too deeply"
TOO_LONG = "expansion is too long"
_TOO_MUCH = "expansion visits too many list items or matches"


def takes_too_long(text: str) -> bool:
    """Whether *text* is more than can be compiled in some seconds."""
    if len(text) <= MOST_SPECIALS or not ("$" in text or "\\" in text):
        return False
    return len(text) > LONGEST or sum(text.count(special) for special in "$\\{}") > MOST_SPECIALS


def bounded(text: str) -> str:
    """*text*, if it is not too long. For what can multiply. Raises `ExpansionFailed`."""
    if len(text) > LONGEST:
        raise ExpansionFailed(TOO_LONG)
    return text


class Room:
    """What is left for a value that is put together from many pieces."""

    __slots__ = ("octets",)

    def __init__(self) -> None:
        self.octets = LONGEST

    def take(self, piece: str) -> str:
        """*piece*, if there is room for it. Raises `ExpansionFailed`."""
        self.octets -= len(piece)
        if self.octets < 0:
            raise ExpansionFailed(TOO_LONG)
        return piece


def stays_short(texts: Iterable[str], times: int) -> bool:
    """Whether *texts* can be repeated so many *times* without a look at what becomes of it."""
    return sum(map(len, texts)) * times <= LONGEST


def begin_list(ctx: Context, items: int) -> int:
    """Count *items* that are about to be visited. Returns what `end_list` must be given. Raises `ExpansionFailed`."""
    before = ctx.visited
    ctx.visited = before + items + 1
    if ctx.visited > MOST_STEPS:
        ctx.visited = 0
        raise ExpansionFailed(_TOO_MUCH)
    return before


def end_list(ctx: Context, before: int) -> None:
    """The end of a list, however it came: the outermost one starts the count anew."""
    if before == 0:
        ctx.visited = 0
