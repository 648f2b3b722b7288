"""How the classes of plain data are made that nearly every command loads.

They are data classes with slots, compared by value, and the type checker treats them as frozen. At run time they
are not: freezing makes objects three times as slow to build. What compares, hashes and shows them is shared, since
making it anew for each class took as long as all the rest of an import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform

C = TypeVar("C")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[C]) -> type[C]:
    """Make *cls* a record."""
    make: Callable[[type[C]], type[C]] = dataclass(slots=True, eq=False, repr=False)
    made: Any = make(cls)
    made.__eq__, made.__hash__, made.__repr__ = _equal, _hash, _show
    return made  # type: ignore[no-any-return]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def named_record(cls: type[C]) -> type[C]:
    """Make *cls* a record of a table: its fields are given by name only, and each one equals itself alone."""
    make: Callable[[type[C]], type[C]] = dataclass(slots=True, eq=False, repr=False, kw_only=True)
    made: Any = make(cls)
    made.__repr__ = _show
    return made  # type: ignore[no-any-return]


def _compared(this: Any) -> tuple[object, ...]:
    return tuple(getattr(this, each.name) for each in fields(this) if each.compare)


def _equal(this: object, other: object) -> bool:
    if this is other:
        return True
    return _compared(this) == _compared(other) if type(other) is type(this) else NotImplemented


def _hash(this: object) -> int:
    return hash(_compared(this))


def _show(this: Any) -> str:
    values = (f"{each.name}={getattr(this, each.name)!r}" for each in fields(this) if each.repr)
    return f"{type(this).__qualname__}({', '.join(values)})"
