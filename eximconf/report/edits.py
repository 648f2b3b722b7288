"""The edits of a fix as reports give them to programs."""

from __future__ import annotations

from eximconf.runtime.passwords import without_passwords
from eximconf.source.diagnostic import Edit, Fix
from eximconf.source.text import Location


def shown_edits(fix: Fix) -> tuple[Edit, ...]:
    """The edits of *fix*; none if they cannot be told without a password."""
    edits = tuple(map(_short, fix.edits))
    return () if any(map(_has_password, edits)) else edits


def _short(edit: Edit) -> Edit:
    """*edit*, or where that has a password, only what it changes."""
    if not _has_password(edit):
        return edit
    place, text = edit.location, edit.text
    old = place.file.text[place.start : place.end]
    head = _common(old, text)
    tail = _common(old[head:][::-1], text[head:][::-1])
    return Edit(Location(place.file, place.start + head, place.end - tail), text[head : len(text) - tail])


def _has_password(edit: Edit) -> bool:
    return without_passwords(edit.text) != edit.text


def _common(one: str, other: str) -> int:
    """How many octets the two begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (mine, its) in enumerate(pairs) if mine != its), min(len(one), len(other)))
