"""Outside data in lists: file names made of it, and what a match gives. Seen on 4.96, 4.98.2 and 4.100-dev."""

from __future__ import annotations

import pytest

import eximconf
from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_list
from eximconf.match.strings import match_domain_list
from eximconf.match.verdict import Died, ListMatch
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.value import is_tainted


@pytest.fixture
def ctx() -> Context:
    return eximconf.new_context(variables={"sender_helo_name": "passwd", "sender_address": "a@b"})


def match(ctx: Context, text: str) -> ListMatch:
    return match_domain_list(ctx, "foo.c.d", text, expand_string)


def test_tainted_file_name(ctx: Context) -> None:
    lines: list[LogLine] = []
    ctx.log = lines.append
    shown = r'^failed to open /etc/passwd when checking "/etc/\$sender_helo_name": Permission denied \(euid='
    with pytest.raises(Died, match=shown):
        match(ctx, "/etc/$sender_helo_name")
    assert lines == [LogLine("Tainted filename '/etc/passwd'", panic=True)]


def test_tainted_file_of_a_lookup(ctx: Context) -> None:
    lines: list[LogLine] = []
    ctx.log = lines.append
    with pytest.raises(Died, match=r"^NULL$"):
        match(ctx, "<; lsearch;;/etc/$sender_helo_name")
    assert lines == [LogLine("Tainted filename for search: '/etc/passwd'", panic=True)]


@pytest.mark.parametrize(
    ("text", "tainted"),
    [("foo.c.d", False), ("x : *.d", False), ("foo.c.d : $sender_helo_name", True), ("^foo : $sender_helo_name", True)],
)
def test_data_is_as_tainted_as_the_list(text: str, tainted: bool, ctx: Context) -> None:
    result = match(ctx, text)
    assert result.found
    assert result.data is not None
    assert is_tainted(result.data) is tainted


def test_kept_items_do_not_lose_taint(ctx: Context) -> None:
    tainted = match(ctx, "passwd : foo.c.d : $sender_helo_name")
    plain = match(ctx, "passwd : foo.c.d : passwd")
    assert is_tainted(tainted.data or "")
    assert not is_tainted(plain.data or "")


def test_numbers_are_as_tainted_as_the_subject(ctx: Context) -> None:
    address = ctx.variables["sender_address"]
    assert is_tainted(address)
    result = match_address_list(ctx, address, "*@b", expand_string)
    assert result.data == "*@b"
    assert not is_tainted(result.data)
    match_domain_list(ctx, address, "*b", expand_string)
    assert [is_tainted(number) for number in ctx.numbers] == [True, True]
