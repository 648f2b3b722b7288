"""The seams of a look-up: what a type provides, and what it is given.

A type is a `Backend`: a function that opens a store for a `Question` and gives back a `Finder`, which is
asked for one key after the other. Types from elsewhere are found by the entry point group
``eximconf.lookups``: the name of the entry is that of the type, its object a `Backend`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol, TypeAlias

from eximconf.runtime.context import Context
from eximconf.runtime.lookup_answer import LookupAnswer
from eximconf.runtime.outcome import ExpansionFailed

__all__ = ["Answer", "Backend", "CannotOpen", "Finder", "LookupAnswer", "Patterns", "Question", "Style"]


class Style(Enum):
    """What is asked: a key in a file, a query, or a query of a database file. Spec: 9.2."""

    KEY = "single-key"
    QUERY = "query"
    FILE_QUERY = "query of a file"


class CannotOpen(ExpansionFailed):
    """A store does not open. An expansion fails with *message*; in a list Exim ends its process."""


class Patterns(Hashable, Protocol):
    """What types whose files hold patterns need from the package of list matching, which stands above."""

    def matcher(self, pattern: str, expanded: bool) -> Callable[[Context, str], bool]:
        """A test of a key against *pattern* as the one item of a list of strings, case ignored.

        *expanded*: the pattern is expanded at each test. The test raises `Deferred` and `ExpansionFailed`.
        """
        ...

    def address(self, text: str) -> tuple[int, int] | None:
        """Family (4 or 6) and bits of an IP address; None if *text* is none."""
        ...

    def network(self, text: str) -> tuple[int, int, int] | None:
        """Family, bits and mask of an IP address with or without ``/length``; None if *text* is none."""
        ...


class Question(NamedTuple):
    """One look-up, as the store is asked for it.

    *kind*: the bare name of the type. *file*: the file of a single-key type or of a database file, ""
    for a query. *options*: the type's own, as written (``ret=full``).
    """

    ctx: Context
    kind: str
    file: str
    options: tuple[str, ...]
    patterns: Patterns

    def option(self, name: str) -> str | None:
        """The value of the last option *name*, which ends in ``=``; None if it is not there."""
        values = [word[len(name) :] for word in self.options if word.startswith(name)]
        return values[-1] if values else None


Answer: TypeAlias = "str | LookupAnswer | None"
"""The data found, None if there are none. A `LookupAnswer` can also say how long that is good; the others are as long
as the run lasts."""
Finder: TypeAlias = Callable[[str], Answer]
"""The answer of an open store for a key or query. Raises `Deferred`."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A look-up type.

    *open* raises `CannotOpen`, and `ExpansionFailed` where a service is missing. *remembered*: answers are
    kept for the run; types that notice themselves when their file changes have no need of it. *lasting*: an
    open store is asked again and again, as those of queries always are; others are opened for each look-up, to
    see whether their file has changed.
    """

    open: Callable[[Question], Finder]
    style: Style
    remembered: bool = True
    lasting: bool = False
