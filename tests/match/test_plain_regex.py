"""Patterns of the plain subset give with ``re`` what PCRE2 gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eximconf.match.plain_regex import PlainRegex
from eximconf.match.regex import RegexError, compile_pcre2, compile_regex

PIECES = st.sampled_from([
    "a", "b", "ab", "B", ".", "[ab]", "[^a]", "[a-c]", "[]a]", "[^]a]", r"\d", r"\w", r"\s", r"\W", r"\.", r"\b", "-",
    "é", " ", "\n", "[é-ü]", r"[\d.]", "a*", "b+", ".*", "a?", "a*?", ".+?", "a{2}", "a{1,2}", "a{2,}", "[ab]+", "{",
    "a{,2}", "a++", "(a)?", "^", "$", r"\Z", "[[:alpha:]]", "[a--b]",
])  # fmt: skip
TEXTS = st.text(alphabet="aabbBc1 .-\n]é\xff", max_size=12)


@st.composite
def patterns(draw: st.DrawFn) -> str:
    parts = draw(st.lists(PIECES, max_size=5))
    text = "".join(parts)
    shape = draw(st.sampled_from(["{}", "^{}", "{}$", "({})", "(?:{})x|y", "({})b", "^({})(.*)$", "({}|a)(b|{})"]))
    return shape.replace("{}", text)


@settings(max_examples=1500, deadline=None)
@given(patterns(), TEXTS, st.booleans())
def test_same_as_pcre2(pattern: str, text: str, caseless: bool) -> None:
    try:
        expected = compile_pcre2(pattern, caseless)
    except RegexError:
        with pytest.raises(RegexError):
            compile_regex(pattern, caseless)
        return
    found, wanted = compile_regex(pattern, caseless).search(text), expected.search(text)
    assert (found is None) == (wanted is None)
    if found is not None and wanted is not None:
        assert found.span == wanted.span
        assert found.numbers() == wanted.numbers()
        assert [found.span_of(n) for n in range(expected.groups + 1)] == [
            wanted.span_of(n) for n in range(expected.groups + 1)
        ]


@pytest.mark.parametrize("pattern", [r"^([^@]+)@(.*)$", r"\.example\.com$", "[aeiou]", r"^\d{1,3}\.", "a|b"])
def test_usual_patterns_are_plain(pattern: str) -> None:
    assert isinstance(compile_regex(pattern), PlainRegex)


@pytest.mark.parametrize("pattern", ["(a*)*b", "(?i)a", "[[:alpha:]]", r"a\Kb", "a++", r"\x{41}", "(a)?b", r"(a)\1"])
def test_others_are_not(pattern: str) -> None:
    assert not isinstance(compile_regex(pattern), PlainRegex)


def test_long_texts_keep_the_limit_on_backtracking() -> None:
    regex = compile_regex(".*.*.*.*x")
    assert isinstance(regex, PlainRegex)
    assert not regex.matches("a" * 3000)
