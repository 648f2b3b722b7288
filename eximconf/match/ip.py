"""IP addresses and networks as Exim reads them.

Addresses are what ``inet_pton`` takes (four decimal numbers without leading zeros; IPv6 with one ``::``
and perhaps an IPv4 tail), with an optional ``%interface`` for IPv6. A mask is any decimal number: one
that is longer than the address means all of its bits. Spec: 10.12 "Special host list patterns by IP".
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from eximconf.runtime.machine import strtol

_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdefABCDEF")
_PUNCTUATION = frozenset(chr(c) for c in range(33, 127) if not chr(c).isalnum())
_LONGEST = 255


class Address(NamedTuple):
    """An address: its *family* (4 or 6) and its *bits* as a number."""

    family: int
    bits: int


class Network(NamedTuple):
    """A network: the address of it, and a number that has ones where addresses must agree."""

    family: int
    bits: int
    mask: int

    def holds(self, address: Address) -> bool:
        """Whether *address* is in it; an IPv4 address inside IPv6 counts as IPv4."""
        family, bits = address
        if family == 6 and bits >> 32 == 0xFFFF:
            family, bits = 4, bits & 0xFFFFFFFF
        return family == self.family and (bits ^ self.bits) & self.mask == 0


def address_family(text: str) -> int | None:
    """4 or 6 for an address without a mask, None for anything else."""
    address = parse_address(text)
    return None if address is None else address.family


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Address | None:
    """The address *text*, None if it is none; a mask makes it none."""
    if "/" in text:
        return None
    head, percent, interface = text.partition("%")
    if percent and (len(head) > _LONGEST or not all(c in _PUNCTUATION or _is_alnum(c) for c in interface)):
        return None
    if ":" in head:
        bits = _parse_v6(head)
        return None if bits is None else Address(6, bits)
    bits = None if percent else _parse_v4(head)
    return None if bits is None else Address(4, bits)


@lru_cache(maxsize=4096)
def parse_network(text: str) -> Network | None:
    """The address or network ``address/bits``, None if *text* is neither."""
    head, slash, mask = text.partition("/")
    length = 128
    if slash:
        length, end = strtol(mask)
        if end != len(mask) or length < 0 or "%" in text or len(head) > _LONGEST:
            return None
    address = parse_address(head)
    return None if address is None else network_of(address, length)


def network_of(address: Address, length: int) -> Network:
    """The network of the first *length* bits of *address*."""
    size = 32 if address.family == 4 else 128
    length = min(length, size)
    return Network(address.family, address.bits, (1 << size) - (1 << (size - length)))


def masked_key(address: Address, length: int | None, separator: str) -> str:
    """The key of a look-up by network: *address* cut to *length* bits, in full, with ``/length`` behind
    it; None: the whole address and no length. *separator* stands between the groups of IPv6."""
    bits = address.bits if length is None else address.bits & network_of(address, length).mask
    if address.family == 4:
        key = ".".join(str(bits >> shift & 255) for shift in (24, 16, 8, 0))
    else:
        key = separator.join(f"{bits >> shift & 0xFFFF:04x}" for shift in range(112, -1, -16))
    return key if length is None else f"{key}/{length}"


def _is_alnum(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _parse_v4(text: str) -> int | None:
    parts = text.split(".")
    if len(parts) != 4:
        return None
    bits = 0
    for part in parts:
        if not 0 < len(part) < 4 or not _DIGITS.issuperset(part) or (part[0] == "0" and part != "0"):
            return None
        number = int(part)
        if number > 255:
            return None
        bits = bits << 8 | number
    return bits


def _parse_v6(text: str) -> int | None:
    if text.count("::") > 1 or ":::" in text:
        return None
    left, gap, right = text.partition("::")
    if not gap:
        groups = _groups(left, True)
        return _number(groups) if groups is not None and len(groups) == 8 else None
    before, after = _groups(left, False), _groups(right, True)
    if before is None or after is None or len(before) + len(after) > 7:
        return None
    return _number(before + [0] * (8 - len(before) - len(after)) + after)


def _groups(text: str, last: bool) -> list[int] | None:
    """The 16-bit groups of one side of ``::``; an IPv4 tail of the *last* side makes two."""
    groups: list[int] = []
    parts = text.split(":") if text else []
    for index, part in enumerate(parts):
        if last and index == len(parts) - 1 and "." in part:
            tail = _parse_v4(part)
            if tail is None:
                return None
            groups += (tail >> 16, tail & 0xFFFF)
        elif 0 < len(part) < 5 and _HEX.issuperset(part):
            groups.append(int(part, 16))
        else:
            return None
    return groups


def _number(groups: list[int]) -> int:
    bits = 0
    for group in groups:
        bits = bits << 16 | group
    return bits
