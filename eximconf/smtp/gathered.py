"""The octets of a message as they come in."""

from __future__ import annotations

_ALWAYS_KEPT = 1 << 21
"""Octets of a message that are kept even where it is too big already."""


class Gathered:
    """What has come so far. Of a message that is far beyond its limit no more is kept."""

    __slots__ = ("_limit", "_parts", "size")

    def __init__(self, limit: int) -> None:
        self._limit = max(2 * limit, _ALWAYS_KEPT) if limit > 0 else 0
        self._parts: list[str] = []
        self.size = 0

    def add(self, text: str) -> None:
        self.size += len(text)
        if not self._limit or self.size <= self._limit:
            self._parts.append(text)

    def text(self) -> str:
        """All that is kept."""
        text = "".join(self._parts)
        self._parts = [text]
        return text
