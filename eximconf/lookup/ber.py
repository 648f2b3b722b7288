"""The basic encoding of ASN.1, as far as LDAP has it: definite lengths, tags of one octet. Source: RFC 4511, 5.1;
X.690."""

from __future__ import annotations

_SHORT = 0x80
_MOST_LENGTH_OCTETS = 4


class NotBer(ValueError):
    """The octets are not of the encoding."""


class Incomplete(Exception):
    """More octets are needed."""


def tagged(tag: int, content: bytes) -> bytes:
    """*content* with its tag and length."""
    size = len(content)
    if size < _SHORT:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT | len(length))) + length + content


def octet_string(content: bytes) -> bytes:
    return tagged(0x04, content)


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
