"""The marks for spaces, control characters and 8-bit octets in traces of lists, as seen under ``exim -bh``."""

from __future__ import annotations

import pytest

from eximconf.runtime.trace import visible


@pytest.mark.parametrize(
    ("text", "newest", "older"),  # 4.100-dev, and 4.98.2
    [
        ("", "", ""),
        ("a@b.c", "a@b.c", "a@b.c"),
        ("! x", "!\xe2\x96\x91x", "!\xe2\x96\x91x"),
        ("!\xe4", "!\xe2\x90\xe4", "!\xe4"),
        ("\xe4\xf6", "\xe2\x90\xe4\xe2\x90\xf6", "\xe4\xf6"),
        ("! \xf6x", "!\xe2\x96\x91\xe2\x90\xf6x", "!\xe2\x96\x91\xe2\x90\xf6x"),
    ],
)
def test_marks(text: str, newest: str, older: str) -> None:
    assert visible(text) == newest
    assert visible(text, recent=False) == older
