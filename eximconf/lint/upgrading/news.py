"""Names that the newer of two versions has and the older one does not, version by version."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.catalog.index import KINDS, entries
from eximconf.catalog.model import version_key
from eximconf.lint.rule import Finding
from eximconf.lint.upgrading.wording import Way

_LEFT_OUT = ("macros", "misnomers")


def news(way: Way) -> Iterator[Finding]:
    """A finding for each version and kind of name, the oldest version first."""
    found: dict[str, dict[str, list[str]]] = {}
    for key, kind in KINDS.items():
        for one in entries(key) if key not in _LEFT_OUT else ():
            since, until = one.entry.since, one.entry.until
            if since and way.crosses(since) and (not until or not way.crosses(until)):
                titles = found.setdefault(since, {})
                titles.setdefault(kind.plural, []).append(
                    f"{one.driver}: {one.entry.name}" if one.driver else one.entry.name
                )
    word = "new in" if way.forward else "not before"
    for version in sorted(found, key=version_key):
        for title, names in found[version].items():
            yield Finding(
                f"{word} {version}: {title[:1].lower()}{title[1:]}: {', '.join(dict.fromkeys(names))}", None
            )
