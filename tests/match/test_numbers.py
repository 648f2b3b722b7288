"""``$0`` … after a match against one item: addresses as in rewriting rules, seen with ``-brw`` of 4.100-dev."""

from __future__ import annotations

from pathlib import Path

import pytest
from generated_lists import write_files

import eximconf
from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_item
from eximconf.match.strings import match_domain_list


@pytest.mark.parametrize(
    ("address", "item", "numbers"),
    [
        ("A@B.ex", "*@*.ex", ["A@B.ex", "A", "b"]),
        ("xax@a.b", "*x@*.b", ["xax@a.b", "xa", "a"]),
        ("xax@a.b", "xax@*.b", ["xax@a.b", "a"]),
        ("a@b.ex", "a@b.ex", ["a@b.ex"]),
        ("a@b.ex", "*@b.ex", ["a@b.ex", "a"]),
        ("A@B.ex", "a@b.ex", None),
        ("Anna@a.b", "^(.)(.*)@(.*)", ["Anna@a.b", "A", "nna", "a.b"]),
        ("a@b.ex", "*.ex", ["a@b.ex", "b"]),
        ("a@b.ex", "*", ["a@b.ex", "b.ex"]),
        ("q@r.s.a.b", "*@partial1-lsearch;FOLDER/keys", ["q@r.s.a.b", "q", "r.s.a", "b"]),
        ("Anna@a.b", "*a@lsearch;FOLDER/keys", ["Anna@a.b", "Ann"]),
        ("zz@q.q", "*@lsearch*;FOLDER/keys", ["zz@q.q", "zz", "q.q", ""]),
        ("root@x.example", "*@+d1", ["root@x.example", "root", "x"]),
        ("a@b.ex", "*@^b(.)", ["a@b.ex", "a", "."]),
    ],
)
def test_address_item(address: str, item: str, numbers: list[str] | None, folder: Path) -> None:
    ctx = eximconf.load(str(write_files(folder))).context()
    result = match_address_item(ctx, address, item.replace("FOLDER", str(folder)), expand_string)
    assert (ctx.numbers if result.found else None) == numbers


def test_domain_item() -> None:
    ctx = eximconf.new_context()
    result = match_domain_list(ctx, "a:b.ex", "*:b.ex", expand_string, single=True)
    assert (result.data, ctx.numbers) == ("*:b.ex", ["a:b.ex", "a"])
