"""What a filter may do, and who listens to it. Spec: 22.5, 22.10, the filter specification."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from eximconf.route.rewriting import Rewriter


@dataclass(frozen=True, slots=True)
class SieveOptions:
    """The options of a router that begin with ``sieve_``; None for those that are not set."""

    useraddress: str | None = None
    subaddress: str | None = None
    inbox: str | None = None
    vacation_directory: str | None = None
    enotify_mailto_owner: str | None = None


@dataclass(frozen=True, slots=True)
class FilterRules:
    """What a filter may do.

    *finish*: qualifies and rewrites an address. *options*: the names of ``forbid_filter_…`` and ``allow_…`` options
    that are set, and ``filter_prepend_home``. *system*: it is a system filter. *writes*: what it logs is really
    written, as when a message is delivered. *rewriter*: the rules for the addresses that ``personal`` looks for.
    """

    finish: Callable[[str], str]
    rewriter: Rewriter
    options: frozenset[str] = frozenset()
    sieve: SieveOptions = field(default_factory=SieveOptions)
    system: bool = False
    writes: bool = False


class Narrator(Protocol):
    """Is told what a filter that is only tested would do. *verbose*: whether it wants to know why, too."""

    @property
    def verbose(self) -> bool: ...

    def say(self, text: str) -> None:
        """A line of what is done."""
        ...

    def explain(self, text: str) -> None:
        """A line that tells why."""
        ...
