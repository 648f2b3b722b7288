"""Places in an expansion."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Offsets in the expansion that is being walked, end exclusive."""

    start: int
    end: int
