"""Connections of a run to servers of databases and directories.

A connection is kept for the run. One that its server has closed meanwhile is replaced before it is used;
a query that was sent is never sent again, since it may change something.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Generic, Protocol, TypeVar, cast

from eximconf.lookup.model import Question
from eximconf.lookup.searches import Searches
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.services import Databases, no_service

FRESH = 0.01
"""For so many seconds after a question nobody looks whether the connection is still there."""


class Connection(Protocol):
    def is_stale(self) -> bool:
        """Whether something has come, or the connection was closed, while nobody asked."""
        ...

    def close(self) -> object:
        """Never raises."""
        ...


class Server(Protocol):
    @property
    def shown(self) -> str:
        """Its name, without a password, by which its connection is known."""
        ...


S = TypeVar("S", bound=Server)
C = TypeVar("C", bound=Connection)


def databases_of(question: Question) -> Databases:
    """How this run reaches servers. Raises `ExpansionFailed` if it reaches none."""
    found = question.ctx.services.databases
    if found is None:
        raise no_service(question.kind)
    return found


@lru_cache(maxsize=8)
def driver(kind: str, module: str, package: str) -> ModuleType:
    """The *module* of the Python package that speaks to servers of *kind*. Raises `ExpansionFailed`."""
    try:
        return import_module(module)
    except ImportError:
        raise ExpansionFailed(f"{kind} look-ups need the Python package {package}") from None


class Connections(Generic[S, C]):
    """The connections to servers of one type that a run keeps, made by *connect*. Those with a *purpose* are others."""

    __slots__ = ("_connect", "_kind", "_searches")

    def __init__(self, question: Question, connect: Callable[[S], C], purpose: str = "") -> None:
        self._searches = Searches.of(question.ctx.services)
        self._kind = question.kind + purpose
        self._connect = connect

    def to(self, server: S) -> C:
        """The connection that is kept, or a new one."""
        source = self._kind, server.shown
        known = cast("C | None", self._searches.store(source, None))
        if known is not None and not known.is_stale():
            return known
        made = self._connect(server)
        return self._searches.keep_store(source, None, made, made.close)

    def drop(self, server: S) -> None:
        """Close the connection to *server*: the next question makes a new one."""
        self._searches.keep_store((self._kind, server.shown), None, None)


def has_input(descriptor: int) -> bool:
    """Whether the socket has something to read, its end included."""
    if descriptor < 0:
        return True
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
