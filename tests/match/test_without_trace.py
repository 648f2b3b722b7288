"""A match without a trace takes shorter ways; what comes of it is the same."""

from __future__ import annotations

from pathlib import Path

from generated_lists import Generator, write_files

import eximconf
from eximconf.expand.dynamic import expand_string
from eximconf.match.conditions import MATCHERS
from eximconf.match.verdict import Died, ListDeferred, ListMatch
from eximconf.runtime.context import Context
from eximconf.runtime.trace import Trace


def _outcome(ctx: Context, kind: str, subject: str, items: str) -> tuple[ListMatch | str, list[str]]:
    ctx.numbers = ["before"]
    try:
        result: ListMatch | str = MATCHERS[kind](ctx, subject, items, expand_string)
    except (Died, ListDeferred) as error:
        result = error.message
    return result, ctx.numbers


def test_same_outcome(folder: Path) -> None:
    config = write_files(folder)
    plain, traced = (eximconf.load(str(config)).context() for _ in range(2))
    lines: list[str] = []
    traced.trace = Trace(lines.append)
    for case in Generator(3, folder).cases(3000):
        found = _outcome(plain, case.kind, case.subject, case.items)
        assert found == _outcome(traced, case.kind, case.subject, case.items), case
    assert lines
