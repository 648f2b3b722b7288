"""How a match against a list ends."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from eximconf.runtime.outcome import Deferred, ExpansionFailed

if TYPE_CHECKING:
    from eximconf.runtime.context import Context

Expander: TypeAlias = "Callable[[str, Context], str]"

NO_MESSAGE = "NULL"  # what Exim prints where nothing set a message for a defer


class ListKind(Enum):
    """What a list is of; the value is the name under which its named lists are kept."""

    DOMAIN = "domain"
    HOST = "host"
    ADDRESS = "address"
    LOCAL_PART = "localpart"
    STRING = "string"

    @property
    def words(self) -> str:
        """The kind as messages name it."""
        return "local part" if self is ListKind.LOCAL_PART else self.value


class ListMatch(NamedTuple):
    """The outcome of a match.

    *data*: what the list gave for the item (``$value``, ``$domain_data`` …), None for nothing; it may
    be set without a match, by the negated item that decided. *item*: the item that decided, None at
    the end of the list. *log*: the lines that Exim writes to its main log on the way.
    """

    found: bool
    data: str | None
    item: str | None
    log: tuple[str, ...] = ()


class ListDeferred(Deferred):
    """The match cannot be completed now. *log*: the lines that Exim writes to its main log."""

    __slots__ = ("log",)

    def __init__(self, message: str, log: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.log = log


class Died(ExpansionFailed):
    """A fault in a list for which Exim logs *message* and ends its process at once."""


class HostUnknown(Exception):
    """A host list item could not be tested because a name or an address is not known."""


def plain_text(text: str, _ctx: Context) -> str:
    """The expander of callers that have none: text without anything to expand is its own expansion."""
    if "$" in text or "\\" in text:
        raise ExpansionFailed("named lists that need expansion cannot be used here")
    return text
