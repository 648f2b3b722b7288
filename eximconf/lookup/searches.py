"""What look-ups keep for the length of a run: files read, stores opened, answers. Spec: 9.8 "Lookup caching"."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias, TypeVar, cast

from eximconf.runtime.lookup_answer import LookupAnswer
from eximconf.runtime.services import Clock, Services

T = TypeVar("T")
Source: TypeAlias = tuple[str, str]
"""A store: a type (or what several types share) and a file, "" for none."""


class Store(NamedTuple):
    """An open store. *stamp*: of its file when it was opened. *close*: to be called at its end."""

    stamp: object
    content: object
    close: Callable[[], object] | None


class Kept(NamedTuple):
    """An answer, the options it was asked with, and when it stops being good (None: never)."""

    options: tuple[str, ...]
    value: str | None
    expires: float | None


class Searches:
    """The look-ups of one run. `forget` is for the points where Exim begins anew, as after a message.

    *message*: what the last look-up said; Exim gives it again where it has nothing else to say. *open*: what
    `search` has made to ask stores that stay open.
    """

    __slots__ = ("_answers", "_stores", "message", "open")

    def __init__(self) -> None:
        self.message = "(null)"
        self.open: dict[tuple[int, str], object] = {}
        self._stores: dict[Source, Store] = {}
        self._answers: dict[Source, dict[str, Kept]] = {}

    @staticmethod
    def of(services: Services) -> Searches:
        """The look-ups of the run that *services* belong to."""
        try:
            return cast("Searches", services.memory[Searches])
        except KeyError:
            made = services.memory[Searches] = Searches()
            return made

    def store(self, source: Source, stamp: object) -> object | None:
        """The content of an open store, unless its stamp has changed since."""
        found = self._stores.get(source)
        return found.content if found is not None and found.stamp == stamp else None

    def keep_store(
        self, source: Source, stamp: object, content: T, close: Callable[[], object] | None = None
    ) -> T:
        """Keep an open store in place of an older one; that is closed, and its answers are dropped."""
        self._close(self._stores.get(source))
        self._answers.pop(source, None)
        self._stores[source] = Store(stamp, content, close)
        return content

    def known(self, source: Source, key: str, options: tuple[str, ...], clock: Clock | None) -> Kept | None:
        """The answer kept for *key*, if it was asked with the same options and is still good."""
        kept = self._answers.get(source, _NOTHING).get(key)
        if kept is None or kept.options != options:
            return None
        if kept.expires is not None and kept.expires <= _now(clock):
            return None
        return kept

    def lasting(self, source: Source, key: str, options: tuple[str, ...]) -> Kept | None:
        """The answer kept for *key* in a store that no change of a file closes, if it is good for the whole run."""
        answers = self._answers.get(source)
        if answers is None:
            return None
        kept = answers.get(key)
        if kept is None or kept.expires is not None or kept.options != options or self._changes(source):
            return None
        self.message = ""
        return kept

    def _changes(self, source: Source) -> bool:
        store = self._stores.get(source)
        return store is not None and store.stamp is not None

    def keep_answer(
        self, source: Source, key: str, options: tuple[str, ...], answer: LookupAnswer, clock: Clock | None
    ) -> None:
        """Keep *answer*. One whose lifetime is 0 makes all answers of its store be forgotten instead."""
        if answer.lifetime == 0:
            self._answers.pop(source, None)
            return
        expires = None if answer.lifetime is None else _now(clock) + answer.lifetime
        self._answers.setdefault(source, {})[key] = Kept(options, answer.value, expires)

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


_NOTHING: dict[str, Kept] = {}


def _now(clock: Clock | None) -> float:
    return clock.now() if clock is not None else 0.0
