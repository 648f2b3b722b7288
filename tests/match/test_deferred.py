"""What is known of the reason when a match cannot be completed. Seen on 4.100-dev."""

from __future__ import annotations

import pytest

import eximconf
from eximconf.expand.dynamic import expand_string
from eximconf.match.strings import match_domain_list
from eximconf.match.verdict import NO_MESSAGE, Died, ListDeferred
from eximconf.runtime.context import Context


class Lists:
    """Named lists by name."""

    def __init__(self, **texts: str) -> None:
        self._texts = texts

    def get(self, kind: str, name: str) -> str | None:
        return self._texts.get(name) if kind == "domain" else None

    def always_cached(self, kind: str, name: str) -> bool:
        return False


@pytest.fixture
def ctx() -> Context:
    ctx = eximconf.new_context()
    ctx.lists = Lists(deferring="${lookup testdb{defer}}", loop="a : +loop", broken="${if match_domain{x}{^(}}")
    return ctx


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("testdb;defer", "testdb lookup forced DEFER"),
        ("${lookup testdb{defer}}", "testdb lookup forced DEFER"),
        ("x : +deferring", "testdb lookup forced DEFER"),
        ("+nosuch", NO_MESSAGE),
        ("+loop", NO_MESSAGE),
        ("${nosuch:x}", NO_MESSAGE),
    ],
)
def test_reason(text: str, message: str, ctx: Context) -> None:
    with pytest.raises(ListDeferred) as caught:
        match_domain_list(ctx, "a.b", text, expand_string)
    assert caught.value.message == message


def test_death_in_an_expansion_stays_one(ctx: Context) -> None:
    with pytest.raises(Died, match="missing closing parenthesis"):
        match_domain_list(ctx, "a.b", "+broken", expand_string)
