"""Operators that no Exim here has any more; what they do is from the manual and the sources of their time."""

from __future__ import annotations

import pytest

from eximconf.api import new_context
from eximconf.expand.dynamic import expand_string
from eximconf.runtime.value import Tainted


@pytest.mark.parametrize(("text", "value"), [("${bless:a b}", "a b"), ("${quote_ibase:it's}", "it''s")])
def test_value(text: str, value: str) -> None:
    assert expand_string(text, new_context()) == value


def test_bless_takes_the_taint_away() -> None:
    ctx = new_context(None, None, {"local_part": Tainted("bob")})
    assert type(expand_string("$local_part", ctx)) is Tainted
    assert type(expand_string("${bless:$local_part}", ctx)) is str
