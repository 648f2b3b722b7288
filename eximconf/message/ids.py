"""Exim's ids of messages: when, by which process, and the fraction of the second, in base 62.

Since 4.97 ``tttttt-ppppppppppp-ffff`` with microseconds, before ``tttttt-pppppp-ff`` with half milliseconds; with
``localhost_number`` there are 500000 and 200 ticks to a second. Spec: 3.4 "Message identification".
"""

from __future__ import annotations

from eximconf.runtime.settings import at_least

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TIME = 6


def base62(number: int, width: int) -> str:
    """The last *width* digits of *number*, with zeros before it."""
    text = ""
    for _ in range(width):
        number, digit = divmod(number, 62)
        text = _DIGITS[digit] + text
    return text


class MessageIds:
    """The ids of one process.

    *host_number*: ``localhost_number``, None where it is not set; with one, the clock ticks in larger steps.
    An id is never given twice: where the clock stands still the next tick is taken.
    """

    __slots__ = ("_fraction", "_host_number", "_last", "_process", "_ticks")

    def __init__(self, target: str, process: int, host_number: int | None = None) -> None:
        new = at_least(target, "4.97")
        alone, with_number = (1_000_000, 500_000) if new else (2000, 200)
        self._ticks = alone if host_number is None else with_number
        self._fraction = 4 if new else 2
        self._process = base62(process, 11 if new else 6)
        self._host_number = host_number or 0
        self._last = -1

    def next(self, now: float) -> str:
        """The id of a message that arrives at *now* (seconds since the epoch)."""
        tick = max(int(now * self._ticks), self._last + 1)
        self._last = tick
        seconds, part = divmod(tick, self._ticks)
        fraction = base62(self._host_number * self._ticks + part, self._fraction)
        return f"{base62(seconds, _TIME)}-{self._process}-{fraction}"
