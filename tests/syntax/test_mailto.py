"""URIs of Sieve's ``notify``: which are taken was seen on 4.100-dev, with its words for the others."""

from __future__ import annotations

import pytest

from eximconf.syntax.mailto import BadUri, Mailto, parse_mailto


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        ("mailto:", Mailto((), None, None)),
        ("mailto:a@b%2cc%64@d", Mailto(("cd@d", "a@b"), None, None)),
        ("mailto:a@b?subject=x&body=y%20z", Mailto(("a@b",), "x", "y z")),
        ("mailto:?to=a%40b", Mailto(("a@b",), None, None)),
        ("mailto:a?date=1&Message-ID=2", Mailto(("a",), None, None)),
        ("mailto:a?=", Mailto(("a",), None, None)),
        ("mailto:a#b", Mailto(("a#b",), None, None)),
    ],
)
def test_taken(uri: str, found: Mailto) -> None:
    assert parse_mailto(uri) == found


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("mailto:%zz", "Invalid URI encoding"),
        ("mailto:a?subject=%4", "Invalid URI encoding"),
        ("tel:1", "Unknown URI scheme"),
        ("MAILTO:a@b", "Unknown URI scheme"),
        ("mailto:a@b?x", "Missing equal after hname"),
        ("mailto:a@b?x=y&", "Missing equal after hname"),
        ("mailto:a@b?x=y@z", "Syntactically invalid URI"),
        ("mailto:a?b=c?d=e", "Syntactically invalid URI"),
        ("mailto:a@b%2C", "Missing addr-spec in URI"),
        ("mailto:%2Ca", "Missing addr-spec in URI"),
    ],
)
def test_refused(uri: str, message: str) -> None:
    with pytest.raises(BadUri, match=f"^{message}$"):
        parse_mailto(uri)
