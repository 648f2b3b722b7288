"""What look-ups keep for the length of a run: files read, stores opened, answers. Spec: 9.8 "Lookup caching"."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from eximconf.runtime.services import Services

if TYPE_CHECKING:
    from eximconf.lookup.open_search import OpenSearch
    from eximconf.lookup.search_type import SearchType

T = TypeVar("T")
Source: TypeAlias = tuple[str, str]
"""A store: a type (or what several types share) and a file, "" for none."""


class Store(NamedTuple):
    """An open store. *stamp*: of its file when it was opened. *close*: to be called at its end."""

    stamp: object
    content: object
    close: Callable[[], object] | None


Kept: TypeAlias = tuple[tuple[str, ...], str | None, float | None]
"""An answer: the options it was asked with, the data, and when it stops being good (None: never)."""


_NO_STORE = Store(None, None, None)


class Searches:
    """The look-ups of one run. `forget` is for the points where Exim begins anew, as after a message.

    *message*: what the last look-up said; Exim gives it again where it has nothing else to say. *open*: those in stores
    that stay open, by type and file.
    """

    __slots__ = ("_answers", "_stores", "message", "open")

    def __init__(self) -> None:
        self.message = "(null)"
        self.open: dict[tuple[SearchType, str], OpenSearch] = {}
        self._stores: dict[Source, Store] = {}
        self._answers: dict[Source, dict[str, Kept]] = {}

    @staticmethod
    def of(services: Services) -> Searches:
        """The look-ups of the run that *services* belong to."""
        found = services.memory.get(Searches)
        if not isinstance(found, Searches):
            found = services.memory[Searches] = Searches()
        return found

    def store(self, source: Source, stamp: object) -> object | None:
        """The content of an open store, unless its stamp has changed since."""
        known, content, _ = self._stores.get(source, _NO_STORE)
        return content if known == stamp else None

    def keep_store(
        self, source: Source, stamp: object, content: T, close: Callable[[], object] | None = None
    ) -> T:
        """Keep an open store in place of an older one; that is closed, and its answers are dropped."""
        self._close(self._stores.get(source))
        self.answers(source).clear()
        self._stores[source] = Store(stamp, content, close)
        return content

    def answers(self, source: Source) -> dict[str, Kept]:
        """The answers of a store that are kept, by key, until it is closed."""
        return self._answers.setdefault(source, {})

    def forget(self) -> None:
        """Close all stores and drop all answers."""
        for store in self._stores.values():
            self._close(store)
        self._stores.clear()
        self._answers.clear()
        self.open.clear()

    @staticmethod
    def _close(store: Store | None) -> None:
        if store is not None and store.close is not None:
            store.close()
