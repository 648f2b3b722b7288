"""What a session was asked: for what nothing is recorded, and what a real Exim would have asked elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from eximconf.replay.front_matter.toml import unicode_of


class Unrecorded(NamedTuple):
    """A question without an answer. *message* says which, *lines* are to be added to the session (any of them, below
    the header of the table *table*, "" for the keys at the top)."""

    message: str
    table: str
    lines: tuple[str, ...]


@dataclass(slots=True)
class Ledger:
    """*missing*: each once, in order, with the offset in the session of the step that asked first; *at* is that of the
    step at hand. *uses*: which recorded things it has used, by kind and detail."""

    missing: dict[Unrecorded, int] = field(default_factory=dict)
    at: int = 0
    uses: list[tuple[str, str]] = field(default_factory=list)

    def miss(self, message: str, table: str, *lines: str) -> None:
        """Nothing is recorded for this."""
        self.missing.setdefault(Unrecorded(message, table, lines), self.at)

    def use(self, kind: str, detail: str) -> None:
        """Something that is recorded was used."""
        self.uses.append((kind, detail))

    def taken_uses(self) -> Sequence[tuple[str, str]]:
        """The uses since the last call."""
        taken, self.uses = self.uses, []
        return taken


def toml_key(text: str) -> str:
    """A key of TOML for octets, bare where it can be."""
    bare = text.isascii() and text.replace("-", "_").replace("_", "a").isalnum()
    return text if bare else toml_string(text)


def toml_string(text: str) -> str:
    """A string of TOML for octets (latin-1); those that are not UTF-8 are lost."""
    return json.dumps(unicode_of(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def header(*path: str) -> str:
    """The header of a table: ``[lookup.pgsql]``."""
    return f"[{'.'.join(map(toml_key, path))}]"
