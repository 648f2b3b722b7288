"""The nearest known name to a misspelt one, as a note and a replacement."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from eximconf.catalog.model import Entry

_MOST = 2000
_LONGEST = 200

def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that *word* was probably meant to be, or None; also None out of very many, which takes long."""
    known = tuple(names)
    return _nearest(word, known) if len(known) <= _MOST and len(word) <= _LONGEST else None


@lru_cache(maxsize=256)
def _nearest(word: str, names: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches

    found = get_close_matches(word, names, 1, 0.7)
    return found[0] if found else None


def meant(word: str, kind: str) -> tuple[tuple[str, ...], str | None]:
    """The same for a name that papers about Exim have and no Exim knew. *kind* as in the catalog's table."""
    from eximconf.catalog.misnamed import MISNOMERS

    entry = MISNOMERS.get(word)
    if entry is None or not entry.kind.endswith(kind):
        return (), None
    known = f"; its name is {entry.renamed_to}" if entry.renamed_to else ""
    return (f"papers about Exim call it {word}, no Exim does{known}",), entry.renamed_to or None


def hint(word: str, names: Iterable[str]) -> tuple[tuple[str, ...], str | None]:
    """Notes and a replacement for a finding about *word*: both empty if nothing is near."""
    found = nearest(word, names)
    return ((f'did you mean "{found}"?',), found) if found else ((), None)


def lifetime_notes(entry: Entry) -> tuple[str, ...]:
    """Since and until when Exim knows *entry*, and what it is called now."""
    if entry.since and entry.since == entry.until:
        return (f"papers about Exim {entry.since} have it, no Exim does; its name is {entry.renamed_to}",)
    notes = [f"known since {entry.since}"] if entry.since else []
    notes += [f"gone since {entry.until}"] if entry.until else []
    notes += [f"its new name is {entry.renamed_to}"] if entry.renamed_to else []
    return tuple(notes)
