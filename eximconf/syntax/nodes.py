"""How the classes of tree nodes are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

C = TypeVar("C")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(cls: type[C]) -> type[C]:
    """A tree node: a data class with slots, compared by value.

    The type checker treats nodes as frozen. At run time they are not, because a frozen one takes
    three times as long to make and a parser makes nothing else.
    """
    make: Callable[[type[C]], type[C]] = dataclass(slots=True, eq=True, unsafe_hash=True)
    return make(cls)
