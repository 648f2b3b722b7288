"""How the classes of tree nodes are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform

C = TypeVar("C")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(cls: type[C]) -> type[C]:
    """A tree node: a data class with slots, compared by value.

    The type checker treats nodes as frozen. At run time they are not, because a frozen one takes
    three times as long to make and a parser makes nothing else. What compares, hashes and shows nodes
    is shared, since making it for each class takes as long as all of the parser's import.
    """
    make: Callable[[type[C]], type[C]] = dataclass(slots=True, eq=False, repr=False)
    made: Any = make(cls)
    made.__eq__, made.__hash__, made.__repr__ = _equal, _hash, _show
    return made  # type: ignore[no-any-return]


def _compared(this: Any) -> tuple[object, ...]:
    return tuple(getattr(this, each.name) for each in fields(this) if each.compare)


def _equal(this: object, other: object) -> bool:
    if this is other:
        return True
    return _compared(this) == _compared(other) if type(other) is type(this) else NotImplemented


def _hash(this: object) -> int:
    return hash(_compared(this))


def _show(this: object) -> str:
    values = (f"{each.name}={getattr(this, each.name)!r}" for each in fields(this) if each.repr)  # type: ignore[arg-type]
    return f"{type(this).__qualname__}({', '.join(values)})"
