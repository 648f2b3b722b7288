"""What holds for every text: it expands to a value or a failure, and its tree can be written and read again."""

from __future__ import annotations

import string

import pytest
from expansion_generator import Generator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eximconf.api import Ending, expand, new_context
from eximconf.catalog.conditions import CONDITIONS
from eximconf.catalog.items import ITEMS
from eximconf.catalog.operators import OPERATORS
from eximconf.catalog.variables import VARIABLES
from eximconf.runtime.context import Context
from eximconf.runtime.services import Services
from eximconf.runtime.value import Tainted
from eximconf.syntax.expansion_parser import parse_expansion
from eximconf.syntax.expansion_unparse import unparse

_VERSIONS = ("4.96", "4.98.2", "4.100")
_SEEDS = st.integers(0, 2**32)
_NAMES = sorted(f"${{{name}" for name in (*OPERATORS, *ITEMS)) + sorted(f"${{if {name}" for name in CONDITIONS)
_PIECES = st.sampled_from(
    [*_NAMES, *(f"${name}" for name in sorted(VARIABLES)), "{", "}", "{}", "}{", "$", "\\", "\\N", ":", ",", "!", "yes", "fail",
     "no", "_1", "-1", "$item", "$value", "{a:b:c}", "{1.2.3.4}", "{a@b.c}", "{lsearch}", "{/nowhere}", "$h_x:", "\0", "\xff"]
)  # fmt: skip
_TEXTS = st.one_of(
    st.text(st.characters(max_codepoint=255)),
    st.text(st.sampled_from("${}\\: <>!,_=aN01\n\0\xe9" + string.ascii_lowercase)),
    st.lists(_PIECES, max_size=12).map("".join),
    _SEEDS.map(lambda seed: Generator(seed).expansion().encode("utf-8").decode("latin-1")),
)
_OCTETS = st.characters(min_codepoint=1, max_codepoint=255)
_ALWAYS = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _context(version: str) -> Context:
    """One without any service: nothing outside is touched."""
    ctx = new_context(None, Services())
    ctx.target = version
    ctx.variables["acl_m0"] = Tainted("from outside: \xff\0{}$\\")
    return ctx


@pytest.mark.parametrize("version", _VERSIONS)
@given(text=_TEXTS)
@_ALWAYS
def test_any_text_is_a_value_or_a_failure(version: str, text: str) -> None:
    result = expand(text, _context(version))
    if result.ending is Ending.TEXT:
        assert result.text is not None
        assert all(ord(octet) < 256 for octet in result.text)
    else:
        assert result.text is None


@given(text=_TEXTS)
@_ALWAYS
def test_the_same_text_gives_the_same(text: str) -> None:
    """With fresh contexts; nothing is kept from one expansion for another but what Exim keeps."""
    if "random" in text or "pid" in text or "tod_" in text or "message_age" in text:
        return
    first, second = expand(text, _context("4.100")), expand(text, _context("4.100"))
    assert (first.ending, first.text, first.message) == (second.ending, second.text, second.message)


@given(text=_TEXTS)
@_ALWAYS
def test_what_is_written_reads_as_the_same_tree(text: str) -> None:
    tree = parse_expansion(text)
    assert parse_expansion(unparse(tree)) == tree


@given(text=st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="$\\")))
@_ALWAYS
def test_plain_text_stays(text: str) -> None:
    assert expand(text, _context("4.100")).text == text


@given(text=st.text(_OCTETS, min_size=1))
@_ALWAYS
def test_a_tainted_value_stays_tainted(text: str) -> None:
    """A value from outside keeps its mark as a whole, as a part, and through operators that keep octets."""
    ctx = _context("4.100")
    ctx.variables["acl_m0"] = Tainted(text)
    for written in ("$acl_m0", "a$acl_m0", "${lc:$acl_m0}", "${map{a}{$acl_m0}}", "${if eq{}{}{$acl_m0}}"):
        result = expand(written, ctx)
        assert result.ending is Ending.TEXT
        assert result.tainted == bool(text), written


@given(text=st.text(_OCTETS))
@_ALWAYS
def test_codings_can_be_undone(text: str) -> None:
    ctx = _context("4.100")
    ctx.variables["acl_m0"] = text
    assert expand("${base64d:${base64:$acl_m0}}", ctx).text == text

