"""Tags of addresses that hold for some days, against what Exim made of them on other days."""

from __future__ import annotations

from expansion_cases import CASES, NEWEST, Expected, read_cases, show

from eximconf.api import Ending, expand, new_context
from eximconf.runtime.live import live_services


class _Stopped:
    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return self.seconds


def test_tags_by_day() -> None:
    file = read_cases(CASES / "dated" / "tags.txt")
    got: dict[str, Expected] = {}
    for case in file.cases:
        seconds, _, text = case.written.partition(" ")
        services = live_services({})
        services.clock = _Stopped(int(seconds))
        result = expand(text, new_context(None, services))
        assert result.ending is Ending.TEXT, case.written
        got[case.written] = Expected("=>", show(result.text or ""))
    assert got == {case.written: case.expected(NEWEST) for case in file.cases}
