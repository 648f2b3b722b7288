"""Macro strings of SPF: reading them once, and filling them in. RFC 7208, 7."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias
from urllib.parse import quote

from eximconf.match.ip import Address

_PART = re.compile(r"%\{([a-z])(\d*)(r?)([.\-+,/_=]*)\}|%([%_\-])|([\x20-\x24\x26-\x7e]+)", re.IGNORECASE)
_TOP_LABEL = re.compile(r"\.(?!\d+\.?$)[a-z0-9]([a-z0-9-]*[a-z0-9])?\.?$", re.IGNORECASE)
_ESCAPES = {"%": "%", "_": " ", "-": "%20"}
_ANYWHERE = frozenset("slodiphv")
_EXPLAINING = _ANYWHERE | frozenset("crt")
_LONGEST_NAME = 253
_LONGEST_TEXT = 1 << 16


class MacroFault(Exception):
    """The text is no macro string, or none that may stand here."""


class Macro(NamedTuple):
    """``%{letter digits r delimiters}``: *keep* labels from the right, 0 for all; *escape*: as for a URL."""

    letter: str
    keep: int
    reverse: bool
    delimiters: str
    escape: bool


MacroString: TypeAlias = "tuple[str | Macro, ...]"


@lru_cache(maxsize=4096)
def parse_macro_string(text: str, explaining: bool = False) -> MacroString:
    """The parts of *text*. *explaining*: it is an explanation, where more letters and spaces may be.
    Raises `MacroFault`."""
    letters = _EXPLAINING if explaining else _ANYWHERE
    parts: list[str | Macro] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or (found[6] and not explaining and " " in found[6]):
            raise MacroFault(text)
        at = found.end()
        letter, digits, reverse, delimiters, escape, plain = found.groups()
        if letter is None:
            parts.append(plain if plain is not None else _ESCAPES[escape])
            continue
        small = letter.lower()
        if small not in letters or (digits and not int(digits[:9])):
            raise MacroFault(text)
        parts.append(Macro(small, int(digits[:9] or 0), bool(reverse), delimiters or ".", letter != small))
    return tuple(parts)


@lru_cache(maxsize=4096)
def parse_domain_spec(text: str) -> MacroString:
    """A macro string that stands for a domain: it ends in a macro, or in a label that can be the last of a name.
    Raises `MacroFault`."""
    parts = parse_macro_string(text)
    if not parts:
        raise MacroFault(text)
    if isinstance(parts[-1], str) and (text.endswith(("%%", "%_", "%-")) or _TOP_LABEL.search(text) is None):
        raise MacroFault(text)
    return parts


class MacroValues(NamedTuple):
    """What the letters stand for. *validated* finds the name for ``%{p}`` when it is asked for; *receiver* and
    *time* are for explanations."""

    sender: str
    domain: str
    address: Address
    helo: str
    validated: Callable[[], str]
    receiver: str = "unknown"
    time: int = 0

    def of(self, letter: str) -> str:
        local_part, _, sender_domain = self.sender.rpartition("@")
        match letter:
            case "s":
                return self.sender
            case "l":
                return local_part
            case "o":
                return sender_domain
            case "d":
                return self.domain
            case "i":
                return dotted(self.address)
            case "c":
                return readable(self.address)
            case "p":
                return self.validated()
            case "h":
                return self.helo
            case "r":
                return self.receiver
            case "t":
                return str(self.time)
            case _:
                return "in-addr" if self.address.family == 4 else "ip6"


def fill(parts: MacroString, values: MacroValues) -> str:
    """The text that *parts* stand for; it ends where it has become too long for any use."""
    text: list[str] = []
    size = 0
    for part in parts:
        text.append(part if isinstance(part, str) else _filled(part, values))
        size += len(text[-1])
        if size > _LONGEST_TEXT:
            break
    return "".join(text)


def fill_domain(parts: MacroString, values: MacroValues) -> str:
    """The domain that *parts* stand for; one that is too long loses labels from its left."""
    name = fill(parts, values)
    if len(name) > _LONGEST_NAME:
        cut = name.find(".", len(name) - _LONGEST_NAME - 1)
        name = name[cut + 1 :] if cut >= 0 else name[-_LONGEST_NAME:]
    return name.removesuffix(".")


def _filled(macro: Macro, values: MacroValues) -> str:
    value = values.of(macro.letter)
    if macro.keep or macro.reverse or macro.delimiters != ".":
        labels = [value]
        for delimiter in macro.delimiters:
            labels = [piece for label in labels for piece in label.split(delimiter)]
        if macro.reverse:
            labels.reverse()
        value = ".".join(labels[-macro.keep :] if macro.keep else labels)
    return quote(value, safe="~", encoding="latin-1") if macro.escape else value


def dotted(address: Address) -> str:
    """The address with a dot between its parts: four numbers, or 32 hexadecimal digits."""
    if address.family == 4:
        return readable(address)
    return ".".join(f"{address.bits:032X}")


def readable(address: Address) -> str:
    """The address as people write it."""
    from ipaddress import IPv4Address, IPv6Address

    return str(IPv4Address(address.bits) if address.family == 4 else IPv6Address(address.bits))
