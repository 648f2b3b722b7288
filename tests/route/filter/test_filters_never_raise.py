"""Whatever stands in a filter and in the message, running it gives a result, and soon."""

from __future__ import annotations

from random import Random
from time import perf_counter

import generated_filters as generated
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eximconf.api import new_context
from eximconf.message.headers import HeaderLines
from eximconf.route.filter.rules import FilterRules, SieveOptions
from eximconf.route.filter.run_filter import run_filter
from eximconf.route.redirection import End, Redirected
from eximconf.route.rewriting import Rewriter
from eximconf.runtime.context import Context
from eximconf.runtime.services import Services

OCTETS = st.text(st.characters(max_codepoint=255), max_size=60)
ENDS = {End.DELIVERED, End.NOTHING, End.DEFER, End.FAIL, End.FREEZE, End.ERROR}
MANY = 20_000
LONG = {
    "ands": "# Exim filter\nif " + "delivered or not delivered and " * MANY + "delivered then finish endif",
    "alternating": "# Exim filter\nif "
    + "(delivered or (" * 200
    + "delivered"
    + "))" * 200
    + " then finish endif",
    "adding": "# Exim filter\n" + "add $n1$n1 to n1 add 99999999999999999999 to n2\n" * MANY,
    "saves": "# Exim filter\n" + "".join(f"save {number}\n" for number in range(MANY)),
    "folders": '# Sieve filter\nrequire "fileinto";'
    + "".join(f'fileinto "{number}";' for number in range(5000)),
    "stars": '# Sieve filter\nif header :matches "subject" "' + "*?a" * 300 + '" { keep; }',
}


def ran(text: str, kind: str, headers: list[str] | None = None) -> tuple[Redirected, Context]:
    ctx = new_context(
        None, Services(), {"local_part": "bob", "domain": "here.example", "sender_address": "a@b"}
    )
    ctx.headers = HeaderLines(
        headers or ["Subject: " + "a" * 2000 + "\n", "To: bob@here.example\n"], ctx.settings
    )
    before = dict(ctx.variables)
    options = SieveOptions(vacation_directory="/nowhere", enotify_mailto_owner="x@y")
    rules = FilterRules(lambda address: address, Rewriter(), frozenset({"allow_fail"}), options)
    result = run_filter(ctx, kind, text, rules)
    assert ctx.variables == before
    assert ctx.numbers == []
    return result, ctx


@given(st.integers(0, 1 << 30), st.lists(OCTETS, max_size=4))
def test_made_by_chance(seed: int, headers: list[str]) -> None:
    chance = Random(seed)
    for kind, text in (("exim", generated.exim_filter(chance)), ("sieve", generated.sieve_filter(chance))):
        result, _ = ran(text, kind, [f"{line}\n" for line in headers])
        assert result.end in ENDS
        assert result.filtered


@given(OCTETS)
def test_any_octets(text: str) -> None:
    for kind in ("exim", "sieve"):
        assert ran(text, kind)[0].end in ENDS


@pytest.mark.parametrize("name", LONG)
def test_long_ones(name: str) -> None:
    start = perf_counter()
    kind = "sieve" if "Sieve" in LONG[name][:20] else "exim"
    assert ran(LONG[name], kind)[0].end in ENDS
    assert perf_counter() - start < 20
