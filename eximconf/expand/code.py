"""What a piece of a tree compiles to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed

Run: TypeAlias = Callable[[Context], str]
Check: TypeAlias = Callable[[Context], bool]


class Choice(NamedTuple):
    """One of two texts, by a test."""

    test: Check
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Code:
    """A compiled string. *fault* is the message of the first mistake in it that Exim finds by reading
    alone: it is raised also where the string is read over and not used. *constant* is the value of a
    string that needs no evaluation. *variable*: the name of the variable whose value it is, where that is
    only ever found in `Context.variables`, so that others can look there themselves. *choice*: what a string chooses
    that is nothing but an ``if`` with constant texts."""

    run: Run
    fault: str | None = None
    constant: str | None = None
    variable: str | None = None
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class CheckCode:
    """A compiled condition. *changes*: it may set ``$1`` … or ``$value``."""

    run: Check
    fault: str | None = None
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the meaning of a string depends on besides its text. *forbidden*: items that a filter may not use."""

    target: str
    strict_acl_vars: bool = False
    forbidden: frozenset[str] = frozenset()


def first_fault(*faults: str | None) -> str | None:
    return next((fault for fault in faults if fault is not None), None)


def fault_of(check: Callable[..., object], *arguments: object) -> str | None:
    """What *check* of *arguments* says if it fails: before 4.97 Exim looks at literal numbers, patterns and
    the like also where it reads over them."""
    try:
        check(*arguments)
    except ExpansionFailed as failure:
        return failure.message
    return None


def failing(message: str, before: tuple[Callable[[Context], object], ...] = ()) -> Run:
    """Code that runs *before* and then fails with *message*."""

    def run(ctx: Context) -> str:
        for step in before:
            step(ctx)
        raise ExpansionFailed(message)

    return run
