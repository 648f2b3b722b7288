"""The nearest known name to a misspelt one, as a note and a replacement."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that *word* was probably meant to be, or None."""
    return _nearest(word, tuple(names))


@lru_cache(maxsize=256)
def _nearest(word: str, names: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches

    found = get_close_matches(word, names, 1, 0.7)
    return found[0] if found else None


def hint(word: str, names: Iterable[str]) -> tuple[tuple[str, ...], str | None]:
    """Notes and a replacement for a finding about *word*: both empty if nothing is near."""
    found = nearest(word, names)
    return ((f'did you mean "{found}"?',), found) if found else ((), None)
