"""Which items cover which others; that they match so was seen on 4.100-dev."""

from __future__ import annotations

import pytest

from eximconf.lint.analysis.list_cover import covers

COVERED = [
    ("domain", "*.example", "a.b.example"), ("domain", "*example", "xexample"), ("domain", "*", "a.example"),
    ("domain", "A.example", "a.EXAMPLE"), ("domain", "*.example", "*.b.example"),
    ("address", "b.example", "a@b.example"), ("address", "*@b.example", "a@b.example"), ("address", "*", "a@b.example"),
    ("address", "*.example", "*@b.example"), ("address", "a@*", "a@b.example"), ("address", "*@b.example", "b.example"),
    ("host", "192.0.2.0/24", "192.0.2.9"), ("host", "192.0.2.7/24", "192.0.2.128/25"), ("host", "*", "2001:db8::1"),
    ("localpart", "*root", "xroot"), ("localpart", "*", "root"),
]  # fmt: skip
NOT_COVERED = [
    ("domain", "*.example", "example"), ("domain", "*.b.example", "*.example"), ("address", "a@b.example", "b.example"),
    ("address", "*@b.example", "a@x.b.example"), ("host", "192.0.2.0/25", "192.0.2.0/24"),
    ("host", "192.0.2.0/24", "2001:db8::1"), ("host", "*.example", "192.0.2.1"), ("localpart", "root", "xroot"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "wide", "narrow"), COVERED)
def test_covers(kind: str, wide: str, narrow: str) -> None:
    assert covers(kind, wide, narrow)


@pytest.mark.parametrize(("kind", "wide", "narrow"), NOT_COVERED)
def test_does_not_cover(kind: str, wide: str, narrow: str) -> None:
    assert not covers(kind, wide, narrow)
