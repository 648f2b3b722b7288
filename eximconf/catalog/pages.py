"""The reference pages of Exim's names: ``python -m eximconf.catalog.pages docs/reference`` writes them.

Each page is made from the tables alone, so the checks, the evaluation and the pages cannot differ.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from eximconf.catalog.describe import describe, facts
from eximconf.catalog.index import KINDS, Found, Kind, entries
from eximconf.catalog.model import NEWEST, OLDEST, printed_version

_ABOUT = {
    "main-options": "They stand before the first `begin`.",
    "router-options": "They stand in the blocks of `begin routers`.",
    "transport-options": "They stand in the blocks of `begin transports`.",
    "authenticator-options": "They stand in the blocks of `begin authenticators`.",
    "variables": "A name with a `*` stands for all names of that form. What is tainted comes from outside: as a "
    "file name, in a command or expanded once more it is an error.",
    "items": "`{yes}{no}` may be left out, or end with `fail` in place of the second string.",
    "conditions": "A `!` before one turns it round.",
    "lookups": "Those by key take `partial-` before the name and `*` or `*@` behind it. All take the options "
    "`ret=key` and `cache=no_rd` behind a comma.",
    "acl-conditions": "A `!` before one turns it round.",
    "controls": "They are the arguments of the ACL modifier `control`.",
    "verify": "They are the arguments of the ACL condition `verify`.",
    "log-selectors": "They are the words of the main option `log_selector`, a `+` or `-` before each.",
    "events": "For each, the option `event_action` is expanded, with the name in `$event_name`.",
    "macros": "Exim defines them by itself; `.ifdef` finds out what a binary has. Besides these there is a macro "
    "for each name that it knows: `_DRIVER_ROUTER_ACCEPT`, `_OPT_MAIN_TIMEZONE`, `_OPT_ROUTERS_USER`, "
    "`_OPT_TRANSPORT_PIPE_PATH`, `_LOG_PID` …",
    "misnomers": "Papers about Exim have them.",
}


def pages() -> Iterator[tuple[str, str]]:
    """Every page: file name and Markdown text."""
    yield "README.md", index()
    for kind in KINDS.values():
        yield f"{kind.key}.md", page(kind)


def index() -> str:
    """The table of all pages."""
    rows = [f"| [{kind.plural}]({kind.key}.md) | {_count(kind)} | {len(entries(kind.key))} |" for kind in KINDS.values()]
    return "\n".join(
        [
            "# Reference of Exim's names",
            "",
            f"What Exim's versions from {OLDEST} to {printed_version(NEWEST)} know. `exim-conf explain NAME` prints an "
            "entry, `exim-conf explain --list KIND` all of a kind. The sections are those of the manual of 4.98.",
            "",
            "| Kind | Names now | with older ones |",
            "|---|---:|---:|",
            *rows,
            "",
        ]
    )


def page(kind: Kind) -> str:
    """The page of one kind."""
    about = _ABOUT.get(kind.key)
    parts = [f"# {_escaped(kind.plural)}", *([about] if about else [])]
    for driver, group in groupby(entries(kind.key), lambda found: found.driver):
        if kind.by_driver:
            noun = kind.key.removesuffix("-options")
            parts.append(f"## The {driver} {noun}" if driver else f"## All {noun}s")
        parts += [_entry(found) for found in group]
    return "\n\n".join(parts) + "\n"


def write(folder: Path) -> None:
    """Write all pages into *folder*; pages of kinds that are no more are taken away."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = dict(pages())
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def _count(kind: Kind) -> int:
    return sum(found.entry.known_in(NEWEST) for found in entries(kind.key))


def _entry(found: Found) -> str:
    description = describe(found)
    lines = [f"### {_code(description.name)}", "", f"{_escaped(description.meaning)}.", ""]
    if description.written:
        lines += ["```", *description.written, "```", ""]
    lines += [f"- {fact.label}: {(_code if fact.verbatim else _escaped)(fact.text)}" for fact in facts(description)]
    return "\n".join(lines)


def _code(text: str) -> str:
    """*text* as Markdown code in one line."""
    text = text.replace("\n", "\\n").replace("\t", "\\t")
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"


def _escaped(text: str) -> str:
    """*text* with nothing in it that Markdown takes for its own."""
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", text).replace("\n", "\\n")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
