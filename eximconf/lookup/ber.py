"""The basic encoding of ASN.1, as far as LDAP has it: definite lengths, tags of one octet. Source: RFC 4511, 5.1;
X.690."""

from __future__ import annotations

from functools import lru_cache

_STRING = 0x04
_SHORT = 0x80
_SHORT_STRINGS = [bytes((_STRING, size)) for size in range(_SHORT)]
"""What stands before a text, by the number of its octets."""
_MOST_LENGTH_OCTETS = 4


class NotBer(ValueError):
    """The octets are not of the encoding."""


class Incomplete(Exception):
    """More octets are needed."""


def tagged(tag: int, content: bytes) -> bytes:
    """*content* with its tag and length."""
    size = len(content)
    if size < _SHORT:
        return _short_header(tag, size) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT | len(length))) + length + content


@lru_cache(maxsize=1024)
def _short_header(tag: int, size: int) -> bytes:
    return bytes((tag, size))


def octet_string(content: bytes) -> bytes:
    return _SHORT_STRINGS[len(content)] + content if len(content) < _SHORT else tagged(_STRING, content)


def integer(number: int, tag: int = 0x02) -> bytes:
    """A number that is not negative."""
    return tagged(tag, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def header(octets: bytes, at: int) -> tuple[int, int, int]:
    """The tag of the element at *at*, where its content begins and where it ends. Raises `Incomplete`, `NotBer`."""
    if len(octets) < at + 2:
        raise Incomplete
    tag, size = octets[at], octets[at + 1]
    start = at + 2
    if size >= _SHORT:
        count = size - _SHORT
        if not 0 < count <= _MOST_LENGTH_OCTETS:
            raise NotBer
        if len(octets) < start + count:
            raise Incomplete
        size = int.from_bytes(octets[start : start + count], "big")
        start += count
    return tag, start, start + size


def two_elements(octets: bytes, at: int, end: int) -> tuple[int, int, int, int]:
    """Where the contents of the first two elements between *at* and *end* begin and end. Raises `NotBer`."""
    try:
        _, first, first_end = header(octets, at)
        _, second, second_end = header(octets, first_end)
    except Incomplete:
        raise NotBer from None
    if second_end > end:
        raise NotBer
    return first, first_end, second, second_end


def elements(octets: bytes, at: int, end: int) -> list[tuple[int, int, int]]:
    """`header` of each element between *at* and *end*. Raises `NotBer`."""
    found = []
    while at < end:
        start = at + 2
        if start <= end and (size := octets[at + 1]) < _SHORT:
            one = octets[at], start, start + size
        else:
            try:
                one = header(octets, at)
            except Incomplete:
                raise NotBer from None
        at = one[2]
        if at > end:
            raise NotBer
        found.append(one)
    return found
