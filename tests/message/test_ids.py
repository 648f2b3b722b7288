"""Ids of messages as real Exims gave them; the fraction of the second is the one that they must have had."""

from __future__ import annotations

import pytest

from eximconf.message.ids import MessageIds, base62

_SEEN = (
    ("4.100-dev", 1795701925, 12757, None, "1xWa6H-000000003Jl-3CkT"),
    ("4.100-dev", 1795701925, 12758, 3, "1xWa6H-000000003Jm-804l"),
    ("4.98.2", 1795701926, 12800, None, "1xWa6I-000000003KS-3djw"),
    ("4.98.2", 1795701926, 12801, 3, "1xWa6I-000000003KT-89ny"),
    ("4.96", 1795701927, 12843, None, "1xWa6J-0003L9-0a"),
    ("4.96", 1795701927, 12844, 3, "1xWa6J-0003LA-AL"),
)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _number(text: str) -> int:
    value = 0
    for digit in text:
        value = value * 62 + _DIGITS.index(digit)
    return value


@pytest.mark.parametrize(("target", "time", "process", "host", "expected"), _SEEN)
def test_as_seen(target: str, time: int, process: int, host: int | None, expected: str) -> None:
    ticks = {("4.96", False): 2000, ("4.96", True): 200}.get(
        (target, host is not None), 10**6 if host is None else 500_000
    )
    part = _number(expected.rpartition("-")[2]) - (host or 0) * ticks
    assert 0 <= part < ticks
    moment = time + (part + 0.5) / ticks
    assert MessageIds(target, process, host).next(moment) == expected


def test_never_the_same_twice() -> None:
    ids = MessageIds("4.98", 7)
    given = [ids.next(1_000_000.0) for _ in range(1000)]
    assert len(set(given)) == 1000
    assert given == sorted(given, key=_number_of)
    assert ids.next(1_000_001.0) > given[-1]


def _number_of(identity: str) -> tuple[int, ...]:
    return tuple(_number(part) for part in identity.split("-"))


def test_width() -> None:
    assert base62(0, 3) == "000"
    assert base62(61, 2) == "0z"
    assert base62(62**3, 3) == "000"
