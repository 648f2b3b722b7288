"""Whatever stands in a filter, reading it gives commands or says what is wrong, and soon."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eximconf.syntax.filter_parser import SYSTEM_RIGHTS, FilterRights, parse_filter
from eximconf.syntax.filter_reader import FilterFault
from eximconf.syntax.sieve_nodes import Broken
from eximconf.syntax.sieve_parser import parse_sieve

OCTETS = st.text(st.characters(max_codepoint=255), max_size=300)
WORDS = st.lists(
    st.sampled_from((
        "if", "elif", "else", "endif", "then", "(", ")", "and", "or", "not", "is", "does", '"a b"', '"', "\\", "seen", "mail",
        "personal", "alias", "foranyaddress", "delivered", "deliver x", "save y 0644", "add 1 to n1", "\n", "#", "headers add",
        "fail", "text", "finish", "$h_subject:", "contains",
    )),
    max_size=40,
)  # fmt: skip
SIEVE_WORDS = st.lists(
    st.sampled_from((
        "require", '["fileinto"]', ";", "if", "elsif", "else", "{", "}", "(", ")", ",", "not", "allof", "anyof", "true", "header",
        '"to"', "[", "]", ":is", ":comparator", '"i;octet"', "text:\n", ".\n", "keep;", "stop;", "vacation", "#", "/*", "*/", "\n",
        '"${hex:', '"${unicode:41}"', "size :over", "10K", "notify", '"mailto:', "envelope",
    )),
    max_size=40,
)  # fmt: skip
MANY = 20_000
HOSTILE = {
    "brackets": "if " + "(" * MANY, "ifs": "if delivered then " * MANY, "ands": "if " + "delivered and " * MANY + "delivered then endif",
    "ors": "if " + "delivered or " * MANY + "delivered then endif", "nots": "if " + "not " * MANY + "delivered then endif",
    "elifs": "if delivered then " + "elif delivered then " * MANY + "endif", "quotes": '"' * MANY, "comments": "#" * MANY,
    "lines": "\n" * MANY + "zork", "aliases": "if personal" + " alias x" * MANY + " then endif", "prefixes": "seen noerror " * MANY,
    "mixed": "if " + "delivered and personal or " * MANY + "delivered then endif",
}  # fmt: skip
HOSTILE_SIEVE = {
    "blocks": "if true {" * MANY, "lists": "if header " + "[" * MANY, "tests": "if " + "not " * MANY + "true {}",
    "all": "if " + "allof (" * MANY, "strings": 'keep;"' * MANY, "comments": "/*" * MANY, "elsifs": "if true {} " + "elsif true {} " * MANY,
    "digits": "if size :over " + "9" * MANY, "hex": 'require "encoded-character"; redirect "' + "${hex:" * MANY + '@";',
    "unicode": 'require "encoded-character"; redirect "' + "${unicode:0 " * MANY + '@";', "uri": 'require "enotify"; notify "mailto:' + "%" * MANY + '";',
}  # fmt: skip


@given(OCTETS | WORDS.map(" ".join))
def test_exim_filters_are_read(text: str) -> None:
    for rights in (FilterRights(), SYSTEM_RIGHTS):
        found = parse_filter(text, rights)
        if isinstance(found, FilterFault):
            assert 0 <= found.at <= len(text)
            assert found.worded(repr)


@given(OCTETS | SIEVE_WORDS.map(" ".join))
def test_sieve_filters_are_read(text: str) -> None:
    found = parse_sieve(text)
    assert all(not isinstance(command, Broken) for command in found[:-1])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_exim_filters(name: str) -> None:
    start = perf_counter()
    found = parse_filter(HOSTILE[name], FilterRights())
    assert isinstance(found, FilterFault | tuple)
    assert perf_counter() - start < 20


@pytest.mark.parametrize("name", HOSTILE_SIEVE)
def test_hostile_sieve_filters(name: str) -> None:
    start = perf_counter()
    assert isinstance(parse_sieve(HOSTILE_SIEVE[name]), tuple)
    assert perf_counter() - start < 20
