"""Full names made phrases, as 4.100-dev made those of ``exim -F``."""

from __future__ import annotations

import pytest

from eximconf.message.phrase import phrase

_SEEN = {
    "Fred Bloggs": "Fred Bloggs",
    "  lead": "lead",
    "": "",
    "Fred A. Bloggs": '"Fred A. Bloggs"',
    '"Fred A." B. C': '"Fred A." "B." C',
    'J "x" a.b c.d (x.y) e(f.g)': 'J "x" "a.b" "c.d" (x.y) e(f.g)',
    "a(b.c) d": "a(b.c) d",
    'a\\"b c': '"a\\"b c"',
    'x "un': 'x "un"',
    'a.b "c" ': '"a.b" "c" ',
    'a , "b"': '"a ," "b"',
    'a)b "c" d(e': '"a)b" "c" d(e',
    "a.b(c": '"a.b(c"',
    'a@b (c\\"d) "e"': '"a@b (c\\"d)" "e"',
    '"a" b(c.d)e': '"a" b(c.d)e',
}


@pytest.mark.parametrize("text", _SEEN)
def test_as_seen(text: str) -> None:
    assert phrase(text, "ISO-8859-1") == _SEEN[text]


def test_other_octets_are_coded() -> None:
    assert phrase("Fr\xe9d", "iso-8859-1") == "=?iso-8859-1?Q?Fr=E9d?="
