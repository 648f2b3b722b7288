"""Prefixes and suffixes of local parts. Spec: 15 ``local_part_prefix``, ``local_part_suffix``."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.route.address import Address, cut
from eximconf.route.router import Router
from eximconf.runtime.value import ascii_lower, untaint


def strip_affixes(router: Router, address: Address) -> str:
    """Take prefix and suffix off the local part of *address*. Which of them is missing (``prefix``, ``suffix``),
    or "" if the router can go on."""
    if router.prefixes is not None:
        length, wild = prefix_length(address.local_part, router.prefixes)
        if not length and not router.prefix_optional:
            return "prefix"
        if length:
            _strip_prefix(address, length, wild)
    if router.suffixes is not None:
        length, wild = suffix_length(address.local_part, router.suffixes)
        if not length and not router.suffix_optional:
            return "suffix"
        if length:
            _strip_suffix(address, length, wild)
    return ""


def _strip_prefix(address: Address, length: int, wild: int) -> None:
    local_part = address.local_part
    if wild:
        address.prefix, address.prefix_wild = cut(local_part, 0, length), cut(local_part, 0, wild)
    else:  # it is what the configuration says, not what came from outside
        address.prefix = untaint(local_part[:length])
    address.local_part = cut(local_part, length)


def _strip_suffix(address: Address, length: int, wild: int) -> None:
    local_part = address.local_part
    start = len(local_part) - length
    if wild:
        address.suffix = cut(local_part, start)
        address.suffix_wild = cut(local_part, len(local_part) - wild)
    else:
        address.suffix, address.suffix_wild = untaint(local_part[start:]), ""
    address.local_part = cut(local_part, 0, start)


def prefix_length(local_part: str, prefixes: Sequence[str]) -> tuple[int, int]:
    """The length of the first of *prefixes* that fits, 0 for none, and how much of it its ``*`` stands for."""
    lower = ascii_lower(local_part)
    for prefix in prefixes:
        wanted = ascii_lower(prefix)
        if wanted[:1] == "*":
            at = lower.rfind(wanted[1:])
            if at >= 0:
                return at + len(wanted) - 1, at
        elif lower.startswith(wanted):
            return len(wanted), 0
    return 0, 0


def suffix_length(local_part: str, suffixes: Sequence[str]) -> tuple[int, int]:
    """The same for the end."""
    lower = ascii_lower(local_part)
    for suffix in suffixes:
        wanted = ascii_lower(suffix)
        if wanted[-1:] == "*":
            at = lower.find(wanted[:-1])
            if at >= 0:
                return len(lower) - at, len(lower) - at - len(wanted) + 1
        elif len(lower) > len(wanted) and lower.endswith(wanted):
            return len(wanted), 0
    return 0, 0
