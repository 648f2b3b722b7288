"""The page of all changes between releases: ``python -m eximconf.report.change_page docs/changes.md`` writes it.

It is made from the catalog alone: the table of changes, and what the other tables say of names and defaults.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from eximconf.catalog.changes import CHANGES, Change, Subject
from eximconf.catalog.index import KINDS, Found, entries
from eximconf.catalog.model import Option, version_key

_HEAD = """\
# What changed from release to release

For a configuration that stays as it is. `exim-conf upgrade` tells what of this touches a configuration; this page is made
from the same tables. The names of 4.80 and what was there before are not listed.
"""
_LEFT_OUT = ("macros", "misnomers")


def page() -> str:
    """The page, Markdown, the newest release first."""
    changes = {
        version: list(group) for version, group in groupby(CHANGES, key=lambda change: change.version)
    }
    releases = sorted({*changes, *_releases()}, key=version_key, reverse=True)
    return "\n".join([_HEAD, *(_section(version, changes.get(version, [])) for version in releases)])


def _releases() -> Iterator[str]:
    for found in _names():
        entry = found.entry
        yield from (version for version in (entry.since, entry.until) if version)
        if isinstance(entry, Option):
            yield from (version for version, _ in entry.defaults_before)


def _names() -> Iterator[Found]:
    return (found for key in KINDS if key not in _LEFT_OUT for found in entries(key))


def _section(version: str, changes: list[Change]) -> str:
    lines = [f"## {version}\n"]
    if changes:
        lines += ["| what | until then | since then | |", "|---|---|---|---|", *map(_row, changes), ""]
    lines += [
        line
        for line in (
            _listed("New", version, "since"),
            _listed("Gone", version, "until"),
            _defaults(version),
        )
        if line
    ]
    return "\n".join(lines)


def _row(change: Change) -> str:
    names = ", ".join(f"`{name}`" for name in change.names)
    what = change.subject.value if change.subject is Subject.SERVER else f"{change.subject.value} {names}"
    if change.unset:
        what += ", not set"
    cells = (what, change.before, change.now, change.instead)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("*", "\\*") for cell in cells) + " |"


def _listed(title: str, version: str, when: str) -> str:
    """The names that came or went with *version*, by kind."""
    kinds: dict[str, dict[str, None]] = {}
    for found in _names():
        entry = found.entry
        if getattr(entry, when) == version and entry.since != entry.until:
            kinds.setdefault(found.kind.plural.lower(), {})[f"`{entry.name}`"] = None
    parts = [f"{kind} {', '.join(names)}" for kind, names in kinds.items()]
    return f"{title}: {'; '.join(parts)}.\n" if parts else ""


def _defaults(version: str) -> str:
    """The options whose default changed with *version* and of which the table says nothing."""
    told = {
        name for change in CHANGES if change.version == version and change.unset for name in change.names
    }
    names = dict.fromkeys(
        f"`{found.entry.name}`"
        for found in _names()
        if isinstance(found.entry, Option) and found.entry.name not in told
        if any(release == version for release, _ in found.entry.defaults_before)
    )
    return f"Another default: {', '.join(names)}.\n" if names else ""


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "docs/changes.md").write_text(page(), encoding="utf-8")
