"""Results of sessions in the Test Anything Protocol, version 13: a point for each session."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from eximconf.replay.result import SessionResult, Status
from eximconf.report.display import visible
from eximconf.report.sessions.text import block


def render(results: Sequence[SessionResult]) -> str:
    lines = ["TAP version 13", f"1..{len(results)}"]
    for number, result in enumerate(results, 1):
        lines.extend(_point(number, result))
    return "".join(f"{line}\n" for line in lines)


def _point(number: int, result: SessionResult) -> Iterator[str]:
    name = visible(f"{result.path} {result.title}".rstrip()).replace("#", "\\#")
    note = " # replayed without expectations" if result.status is Status.RECORDING else ""
    yield f"{'ok' if result.good else 'not ok'} {number} - {name}{note}"
    if not result.good:
        yield "  ---"
        yield f"  status: {result.status.value}"
        yield "  report: |"
        yield from (f"    {line}".rstrip() for line in block(result))
        if result.failures:
            yield f"  line: {result.failures[0].line}"
            yield f"  expected: {json.dumps(visible(result.failures[0].expected), ensure_ascii=False)}"
        yield "  ..."
