"""Encoded characters in Sieve strings, as ``exim -v -bf`` of 4.100-dev shows them."""

from __future__ import annotations

import pytest

from eximconf.syntax.sieve_encoded import OutOfRange, decode_characters

SEEN = {
    "${hex:41}": "A",
    "${hex: 41 42 }x": "ABx",
    "${hex:4}": "\x04",
    "${HEX:4a}": "J",
    "${hex:c3 a9}": "\xc3\xa9",
    "${unicode:e9}": "\xc3\xa9",
    "${unicode:20AC 41}": "\xe2\x82\xacA",
    "${unicode:0000041}": "A",
    "$${hex:41}}": "$A}",
    "${hex:41}${unicode:41 }": "AA",
}
AS_THEY_ARE = (
    "${hex:4142}", "${hex:}", "${hex:41", "${hex:4g}", "${hex:41\r\n42}", "${unicode:41,42}", "${unicode:}",
    "${unicode: }", "${unicode:41 z}",
)  # fmt: skip


@pytest.mark.parametrize("text", SEEN)
def test_decoded(text: str) -> None:
    assert decode_characters(text) == SEEN[text]


@pytest.mark.parametrize("text", AS_THEY_ARE)
def test_no_encoding(text: str) -> None:
    assert decode_characters(text) == text


@pytest.mark.parametrize("number", ["110000", "d800", "1234567"])
def test_out_of_range(number: str) -> None:
    with pytest.raises(OutOfRange):
        decode_characters(f"${{unicode:{number}}}")
