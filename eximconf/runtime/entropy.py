"""Numbers that look random and are the same in every run.

The generator is the one of Exim's own that orders hosts, so that a run with the same seed orders them alike.
"""

from __future__ import annotations

DEFAULT_SEED = 42
_MASK = 0xFFFFFFFF


class SeededEntropy:
    """An `Entropy` service: a linear congruential generator of 32 bits; a number is its upper half."""

    __slots__ = ("_state",)

    def __init__(self, seed: int = DEFAULT_SEED) -> None:
        self._state = seed & _MASK

    def integer(self, limit: int) -> int:
        """See `Entropy.integer`; 0 for a limit below 1."""
        if limit < 1:
            return 0
        self._state = (1103515245 * self._state + 12345) & _MASK
        return (self._state >> 16) % limit
