"""The place of a finding in the numbers that a person or an editor counts with."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from eximconf.report.display import count
from eximconf.source.text import Location


class Place(NamedTuple):
    """Lines and columns from 1; the end is exclusive. All zero and no file: nowhere."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


NOWHERE = Place("", 0, 0, 0, 0)


def place_of(location: Location | None, counting: Callable[[str], int] = count) -> Place:
    """Where *location* is, its columns counted in characters by *counting*."""
    if location is None:
        return NOWHERE
    line, column = _position(location, location.start, counting)
    end_line, end_column = _position(location, max(location.start, location.end), counting)
    return Place(location.file.name, line, column, end_line, end_column)


def _position(location: Location, offset: int, counting: Callable[[str], int]) -> tuple[int, int]:
    line, column = location.file.position(offset)
    before = location.file.text[offset - column + 1 : offset]
    return line, counting(before) + 1
