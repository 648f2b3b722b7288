"""Exim's own string hashes, for operators and the ``hash`` and ``nhash`` items alike."""

from __future__ import annotations

from itertools import cycle

from eximconf.runtime.machine import int32
from eximconf.runtime.outcome import ExpansionFailed

# The order "rts" is Exim's own.
_LETTERS = "abcdefghijklmnopqrtsuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
# From the largest down; the smallest prime, 2, is not used.
_PRIMES = (
    113, 109, 107, 103, 101, 97, 89, 83, 79, 73, 71, 67, 61, 59, 53, 47, 43, 41, 37, 31, 29, 23, 19,
    17, 13, 11, 7, 5, 3,
)  # fmt: skip


def textual_hash(text: str, length: int, letters: int = -1) -> str:
    """A hash of *length* characters out of the first *letters* (26 if not positive) of Exim's 62.

    A text of at most *length* octets is its own hash. Raises `ExpansionFailed` for more than 62 letters,
    and for a negative length, which crashes Exim.
    Spec: ${hash{<string1>}{<string2>}{<string3>}}.
    """
    if letters <= 0:
        letters = 26
    elif letters > len(_LETTERS):
        raise ExpansionFailed(f'hash count "{letters}" too big')
    if length < 0:
        raise ExpansionFailed("")
    octets = text.encode("latin-1")
    if length >= len(octets):
        return text
    if length == 0:
        return ""
    folded = bytearray(octets[:length])
    for position in range(length, len(octets)):
        octet = octets[position]
        shift = (octet + position) & 7
        folded[(position - length) % length] ^= (octet << shift | octet >> (8 - shift)) & 0xFF
    return "".join(_LETTERS[octet % letters] for octet in folded)


def numeric_hash(text: str, first: int, second: int = -1) -> str:
    """A number below *first*, or with *second* a pair ``a/b`` below *first* and *second*.

    Raises `ExpansionFailed` where a limit is zero (with no words, as 4.100-dev; some versions crash).
    Spec: ${nhash{<string1>}{<string2>}{<string3>}}.
    """
    total = sum(octet * prime for octet, prime in zip(text.encode("latin-1"), cycle(_PRIMES), strict=False))
    limit = first if second < 0 else int32(first * second)
    if limit == 0:
        raise ExpansionFailed("")
    total %= limit & ((1 << 64) - 1)
    return str(total) if second < 0 else f"{total // second}/{total % second}"
