"""How a match against a list ends, and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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

    __hash__ = object.__hash__  # that of Enum is much slower

    @property
    def words(self) -> str:
        """The kind as messages name it."""
        return "local part" if self is ListKind.LOCAL_PART else self.value


class ListMatch(NamedTuple):
    """The outcome of a match.

    *data*: what the list gave for the item (``$value``, ``$domain_data`` …), None for nothing; it may
    be set without a match, by the negated item that decided. *item*: the item that decided, None at
    the end of the list.
    """

    found: bool
    data: str | None
    item: str | None


NOT_IN_LIST = ListMatch(False, None, None)


class ListDeferred(Deferred):
    """The match cannot be completed now. *message* is what Exim knows of the reason, or `NO_MESSAGE`;
    *data* as in `ListMatch`: what the items before gave."""

    __slots__ = ("data",)

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.data: str | None = None


class Died(ExpansionFailed):
    """A fault in a list for which Exim logs *message* and ends its process at once."""


class HostUnknown(Exception):
    """A host list item could not be tested because a name or an address is not known."""


@dataclass(slots=True)
class ListCache:
    """The results of named lists for one subject: a domain, a host … Exim has one for the client, one
    for the sender, and two for every recipient.

    *found*: whether the subject is in a list, by the list's name. *data*: what the list gave, by name
    and key; the key is the subject as it was compared (lower case, or after ``+caseful`` not).
    Spec: 10.2.6 "Named list caching".
    """

    found: dict[str, bool] = field(default_factory=dict)
    data: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget all, for a new subject."""
        self.found.clear()
        self.data.clear()


class ListUse(NamedTuple):
    """How a caller uses a list.

    *expand*: the expander, for the list itself and for named lists in it. *literal*: the list is not
    expanded itself. *single*: it is one item, whatever separators stand in it. *option*: the name of
    the option that it is the value of, for messages. *cache*: results of named lists for this subject.
    *wants_data*: the caller has a use for what the list gives; without it nothing of that is cached.
    """

    expand: Expander
    literal: bool = False
    single: bool = False
    option: str = ""
    cache: ListCache | None = None
    wants_data: bool = True


def plain_text(text: str, _ctx: Context) -> str:
    """The expander of callers that have none: text without anything to expand is its own expansion."""
    if "$" in text or "\\" in text:
        raise ExpansionFailed("named lists that need expansion cannot be used here")
    return text
