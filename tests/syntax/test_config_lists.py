r"""Lists. The items were seen on Exim 4.100-dev: ``${map{LIST}{($item)}}`` with ``\n`` as separator."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eximconf.source.text import SourceText
from eximconf.syntax.lists import item_source, join_list, split_list

CASES = [
    ("a : b:c", ["a", "b", "c"]),
    ("", []),
    ("  ", []),
    (":", [""]),
    ("a:", ["a"]),
    ("a: :", ["a", ""]),
    (" : a", ["", "a"]),
    ("::1 : b", [":1", "b"]),
    ("a::b : c", ["a:b", "c"]),
    ("a : : b", ["a", "", "b"]),
    (":::a", [":", "a"]),
    ("2001:db8::1", ["2001", "db8:1"]),
    ("<; a:b ; c;;d", ["a:b", "c;d"]),
    ("  <, a , b", ["a", "b"]),
    ("<\n a b \n c", ["a b", "c"]),
    ("<\n\na\n\nb", ["", "a", "", "b"]),
    ("<a : b", ["<a", "b"]),
    ("<;", []),
    ("<", []),
    ("< ", ["<"]),
    ("a\\ : b", ["a\\ ", "b"]),
]


@pytest.mark.parametrize(("text", "items"), CASES)
def test_splitting(text: str, items: list[str]) -> None:
    assert split_list(text).texts == items


def test_items_know_their_place() -> None:
    source = SourceText.of_string("a : fe80::1 :b::c ")
    items = [item_source(source, item, ":") for item in split_list(source.text).items]
    assert [(item.text, str(item.locate(0)), str(item.locate(len(item.text) - 1))) for item in items] == [
        ("a", "<string>:1:1", "<string>:1:1"),
        ("fe80:1", "<string>:1:5", "<string>:1:11"),
        ("b:c", "<string>:1:14", "<string>:1:17"),
    ]


ITEMS = st.lists(st.text(st.sampled_from(":;<ab\\ ,|"), max_size=5).map(str.strip))


@given(ITEMS, st.sampled_from(":;,|"))
def test_what_is_joined_splits_again(items: list[str], separator: str) -> None:
    assert split_list(join_list(items, separator)).texts == items


@given(st.text(st.characters(max_codepoint=255)))
def test_any_octets(text: str) -> None:
    found = split_list(text)
    for item in found.items:
        assert item_source(SourceText.of_string(text), item, found.separator).text == item.text
