"""A match without a trace takes shorter ways; what comes of it is the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from generated_lists import Generator, write_files

import eximconf
from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_list
from eximconf.match.conditions import MATCHERS
from eximconf.match.hosts import HostSubject, match_host_list
from eximconf.match.strings import match_domain_list, match_local_part_list
from eximconf.match.verdict import Died, ListCache, ListDeferred, ListMatch
from eximconf.runtime.context import Context
from eximconf.runtime.trace import Trace
from eximconf.runtime.value import Tainted


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


def _matched(
    ctx: Context, kind: str, subject: str, items: str, cache: ListCache | None, wants_data: bool
) -> ListMatch | str:
    """What an ACL condition makes of a list."""
    use = {"cache": cache, "wants_data": wants_data}
    try:
        match kind:
            case "domain":
                return match_domain_list(ctx, subject, items, expand_string, **use)
            case "local_part":
                return match_local_part_list(ctx, subject, items, expand_string, **use)
            case "address":
                return match_address_list(ctx, subject, items, expand_string, before="before", **use)
        return match_host_list(ctx, HostSubject(ctx, subject, expand_string), items, expand_string, **use)
    except (Died, ListDeferred) as error:
        return error.message


@pytest.mark.parametrize("target", ["4.96", "4.98", "4.100"])
def test_same_cache(folder: Path, target: str) -> None:
    """Conditions about one subject after each other: what they find, and what named lists leave in the cache."""
    configuration = eximconf.load(str(write_files(folder)), target=target)
    plain, traced = (configuration.context() for _ in range(2))
    traced.trace = Trace(lambda _line: None)
    made = Generator(int(target[2:]), folder)
    for at in range(250):
        kind = ("domain", "address", "ip", "local_part")[at % 4]
        subject = Tainted(made.subject(kind))
        caches = (None, None) if at % 5 == 0 else (ListCache(), ListCache())
        for step in range(6):
            items, wants_data = made.items(kind), step % 3 != 2
            found, expected = (
                (_matched(ctx, kind, subject, items, cache, wants_data), ctx.numbers)
                for ctx, cache in zip((plain, traced), caches, strict=True)
            )
            assert found == expected, (kind, subject, items)
            assert caches[0] == caches[1], (kind, subject, items)
