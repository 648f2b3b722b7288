"""Configurations that were made to take long or go deep are looked at in bounded time, and never raise."""

from __future__ import annotations

from time import process_time

import pytest

from eximconf.lint.checking import Options, check
from eximconf.lint.rules import RULES
from eximconf.source.text import SourceFile

SECONDS = 10


def nested(template: str, times: int, inner: str) -> str:
    for _ in range(times):
        inner = template.replace("@", inner)
    return inner


CHAIN = "".join(f"  warn set acl_m_{i} = $acl_m_{i + 1}$acl_m_{i + 2}\n" for i in range(2000))
MEMBERS = "".join(f"{{>{{$acl_m_{i}}}{{1}}}}" for i in range(1500))
DOMAINS = ":".join(f"{'!' * (i % 2)}d{i}.example" for i in range(10000))
MADE = {
    "values of values": ("  accept logwrite = ${readfile{@}}\n",
                         nested("${extract{1}{:}{@}{$value$value$value}}", 45, "$value")),
    "a long chain of variables": ("@  accept logwrite = ${readfile{$acl_m_0}}${eval:$acl_m_0}\n", CHAIN),
    "many members": ("  accept condition = ${if and{@}}\n", MEMBERS),
    "a long sum": ("  accept logwrite = ${eval:@}\n", "+".join(f"$acl_m_{i}" for i in range(2000))),
    "a variable set everywhere": (
        "@", "  warn set acl_m_x = $acl_m_x$local_part\n  accept logwrite = ${eval:$acl_m_x}\n" * 1000),
    "a long list": ("  accept domains = @\n", DOMAINS),
    "conditions inside conditions": ("  warn set acl_m_x = $local_part\n  accept condition = @\n",
                                     nested("${if >{$acl_m_x}{1}{@}{2}}", 90, "$acl_m_x")),
}  # fmt: skip


def no_files(path: str) -> str:
    raise FileNotFoundError(path)


@pytest.mark.parametrize("name", MADE)
def test_takes_bounded_time(name: str) -> None:
    template, part = MADE[name]
    text = "acl_smtp_rcpt = a\nbegin acl\na:\n" + template.replace("@", part)
    start = process_time()
    found = check(SourceFile("c", text), no_files, Options(rules=RULES))
    assert process_time() - start < SECONDS
    assert all(diagnostic.location is not None for diagnostic in found)
