"""Names that a reader of one entry may want next, found from the tables themselves.

These are: its older and newer names, the other words of the same build feature, those that its meaning mentions
or that mention it, its twins, whose names differ in one word (``hosts_try_auth``, ``hosts_require_auth``), and
those that have its name in theirs, unless it is a word that many have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from eximconf.catalog.index import KINDS, Found, entries, find
from eximconf.catalog.model import Entry

MOST = 12
_SMALL_FEATURE = 30
"""A feature with more words than this says nothing about two of them."""

_SEARCHED = tuple(key for key in KINDS if key not in ("macros", "misnomers", "results"))
_MENTION = re.compile(r"\$\{?([a-z][a-z0-9_]+)|\b([a-z]+(?:_[a-z0-9]+)+)\b")


def related(found: Found) -> tuple[str, ...]:
    """Names beside that of *found*, the nearest first; variables with their ``$``."""
    entry = found.entry
    near = chain(
        _renamed(entry), _mentioned(entry), _mentioning(entry.name), _twins(found), _of_feature(entry.feature),
        _longer(entry.name),
    )  # fmt: skip
    own = {entry.name, f"${entry.name}"}
    return tuple(name for name in dict.fromkeys(near) if name not in own)[:MOST]


def _shown(found: Found) -> str:
    return f"${found.entry.name}" if found.kind.key == "variables" else found.entry.name


def _renamed(entry: Entry) -> Iterator[str]:
    if entry.renamed_to:
        yield from (_shown(new) for new in find(entry.renamed_to, _SEARCHED))
    yield from (_shown(old) for old in _every() if old.entry.renamed_to == entry.name)


def _mentioned(entry: Entry) -> Iterator[str]:
    for match in _MENTION.finditer(entry.meaning):
        name = match[1] or match[2]
        yield from (_shown(found) for found in find(name, ("variables",) if match[1] else _SEARCHED))


def _mentioning(name: str) -> Iterator[str]:
    if "_" not in name:
        return
    for found in _every():
        if any(name in match.groups() for match in _MENTION.finditer(found.entry.meaning)):
            yield _shown(found)


def _twins(found: Found) -> Iterator[str]:
    parts = found.entry.name.split("_")
    if len(parts) < 3:
        return
    for other in entries(found.kind.key):
        theirs = other.entry.name.split("_")
        if len(theirs) == len(parts) and sum(a != b for a, b in zip(parts, theirs, strict=True)) == 1:
            yield _shown(other)


def _of_feature(feature: str) -> Iterator[str]:
    if feature:
        same = [found for found in _every() if found.entry.feature == feature]
        if len(same) <= _SMALL_FEATURE:
            yield from map(_shown, same)


def _longer(name: str) -> Iterator[str]:
    longer = [_shown(found) for found in _every() if f"_{name}_" in f"_{found.entry.name}_"]
    if len(longer) <= MOST:
        yield from longer


@cache
def _every() -> tuple[Found, ...]:
    return tuple(found for key in _SEARCHED for found in entries(key))
