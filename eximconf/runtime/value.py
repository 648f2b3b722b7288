"""Octet text and taint.

A value is a `str` of latin-1 characters, one an octet. Text from outside is a `Tainted`, a `str` of
its own class: every operation whose result holds outside octets must give a `Tainted` again (`taint_like`
and `concat` do that). An empty text taints nothing. Spec: "Tainted data".
"""

from __future__ import annotations

from collections.abc import Iterable

_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class Tainted(str):
    """Text that came from outside. *quoter* names the look-up type it was quoted for, if any.

    There are many of these, and few that are quoted: they are as quick to make as any `str` (`quoted_for` makes others).
    """

    quoter: str | None = None


def quoted_for(text: str, quoter: str | None) -> Tainted:
    """Text from outside, quoted for the look-up type *quoter*; None for none."""
    quoted = Tainted(text)
    if quoter is not None:
        quoted.quoter = quoter
    return quoted


def pieces_of(text: str, pieces: list[str]) -> list[str]:
    """*pieces* of *text*, tainted and quoted as that is."""
    if type(text) is not Tainted:
        return pieces
    quoter = text.quoter
    return [Tainted(piece) for piece in pieces] if quoter is None else [quoted_for(piece, quoter) for piece in pieces]


def is_tainted(text: str) -> bool:
    return type(text) is Tainted


def taint_like(result: str, *sources: str) -> str:
    """*result*, tainted if any of *sources* is and holds something.

    It counts as quoted if all of them do that are tainted, for the look-up type of the last of these.
    """
    tainted, quoter = False, None
    for source in sources:
        if type(source) is Tainted and source:
            if source.quoter is None:
                return Tainted(result)
            tainted, quoter = True, source.quoter
    return quoted_for(result, quoter) if tainted else result


def concat(parts: Iterable[str]) -> str:
    """The parts joined; tainted if any that is not empty is."""
    parts = list(parts)
    return taint_like("".join(parts), *parts)


def untaint(text: str) -> str:
    """The same octets, trusted."""
    return text if type(text) is str else str.__str__(text)


def caseless_order(one: str, other: str) -> int:
    """How *one* stands to *other* without regard to the case of A-Z: below, at or above 0.

    Where one of them is the beginning of the other it is above 0 either way: seen on 4.96 to 4.100-dev.
    """
    one, other = ascii_lower(one), ascii_lower(other)
    if one == other:
        return 0
    return -1 if one < other and not other.startswith(one) else 1


def ascii_lower(text: str) -> str:
    """*text* with A-Z as a-z, without taint; no other octet changes, as in the C locale."""
    return text.lower() if text.isascii() else text.translate(_LOWER)


def lowered(text: str) -> str:
    """The same, as tainted as *text*; *text* itself where nothing changes."""
    lower = ascii_lower(text)
    if lower == text:
        return text
    return Tainted(lower) if type(text) is Tainted else lower
