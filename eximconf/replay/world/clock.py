"""The time of a session: it stands still unless the session, or a wait, moves it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from datetime import time as clock_time

DEFAULT = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
"""The time of a session that does not say."""
_PART = re.compile(r"([0-9]+)(ms|[wdhms])")
_SECONDS = {"w": 604800.0, "d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


class StandingClock:
    """A clock on which nobody waits."""

    __slots__ = ("_source",)

    def __init__(self, source: RecordedClock) -> None:
        self._source = source

    def now(self) -> float:
        return self._source.time


class RecordedClock:
    """A clock that goes on by what is waited."""

    __slots__ = ("time",)

    def __init__(self, time: float = DEFAULT) -> None:
        self.time = time

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.time += max(0.0, seconds)


def duration(text: str) -> float:
    """The seconds of ``1h30m`` or ``300ms``; 0 for what is none."""
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(text))


def moment(value: object) -> float | None:
    """Seconds since the epoch for a value of TOML: a time (UTC unless it says otherwise), its text, or a number; None
    for what is none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        return datetime.combine(value, clock_time(tzinfo=UTC)).timestamp()
    return float(value) if isinstance(value, (int, float)) else None
