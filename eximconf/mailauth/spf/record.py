"""An SPF record, taken apart. RFC 7208, 4.5, 4.6, 5, 6 and 12."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from eximconf.mailauth.spf.macros import MacroFault, MacroString, parse_domain_spec, parse_macro_string
from eximconf.match.ip import Network, network_of, parse_address

_VERSION = re.compile(r"v=spf1(?: |$)", re.IGNORECASE)
_MODIFIER = re.compile(r"([a-z][a-z0-9\-_.]*)=(.*)\Z", re.IGNORECASE | re.DOTALL)
_MECHANISM = re.compile(r"([+\-?~]?)([a-z0-9]+)(.*)\Z", re.IGNORECASE | re.DOTALL)
_LENGTHS = re.compile(r"(.*?)(?:/(0|[1-9][0-9]?))?(?://(0|[1-9][0-9]{0,2}))?\Z", re.DOTALL)
_RESULTS = {"": "pass", "+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_LONGEST = 1 << 16
"""Octets of a record; more than a message of the DNS can hold."""


class RecordFault(Exception):
    """The record breaks the syntax; the message says where."""


class Directive(NamedTuple):
    """A mechanism with what it gives when it matches. *target*: None for the domain itself; *lengths*: of the
    networks around addresses of A and AAAA records; *network* for ``ip4`` and ``ip6``."""

    result: str
    mechanism: str
    target: MacroString | None = None
    lengths: tuple[int, int] = (32, 128)
    network: Network | None = None
    text: str = ""


class Record(NamedTuple):
    """*redirect_at*: how many directives stand before the redirection."""

    directives: tuple[Directive, ...]
    redirect: MacroString | None = None
    exp: MacroString | None = None
    redirect_at: int = 0


def is_record(text: str) -> bool:
    """Whether a TXT record is one of SPF."""
    return _VERSION.match(text) is not None


@lru_cache(maxsize=2048)
def parse_record(text: str, repeats: bool = False) -> Record:
    """The record *text*, which `is_record`. *repeats*: a modifier may come again, which does nothing. Raises
    `RecordFault`."""
    if len(text) > _LONGEST or not text.isascii():
        raise RecordFault("characters that may not be there")
    directives: list[Directive] = []
    redirect_at = 0
    modifiers: dict[str, MacroString] = {}
    try:
        for term in text[6:].split(" "):
            if not term:
                continue
            modifier = _MODIFIER.match(term)
            if modifier is None:
                directives.append(_directive(term))
                continue
            redirect_at = redirect_at if "redirect" in modifiers else len(directives)
            _take_modifier(modifiers, modifier[1].lower(), modifier[2], repeats)
    except MacroFault:
        raise RecordFault(f"bad macro string in {term}") from None
    return Record(tuple(directives), modifiers.get("redirect"), modifiers.get("exp"), redirect_at)


def _take_modifier(modifiers: dict[str, MacroString], name: str, value: str, repeats: bool) -> None:
    if name not in ("redirect", "exp"):
        parse_macro_string(value)
        return
    if name in modifiers and not repeats:
        raise RecordFault(f"{name} twice")
    modifiers.setdefault(name, parse_domain_spec(value))


def _directive(term: str) -> Directive:
    found = _MECHANISM.match(term)
    if found is None:
        raise RecordFault(f"unknown mechanism {term}")
    result, name, rest = _RESULTS[found[1]], found[2].lower(), found[3]
    match name:
        case "all":
            if rest:
                raise RecordFault(f"all with an argument: {term}")
            return Directive(result, name, text=term)
        case "include" | "exists":
            if rest[:1] != ":":
                raise RecordFault(f"{name} without a domain")
            return Directive(result, name, parse_domain_spec(rest[1:]), text=term)
        case "ptr":
            return Directive(result, name, _target(rest, term), text=term)
        case "a" | "mx":
            return _with_lengths(result, name, rest, term)
        case "ip4" | "ip6":
            return Directive(result, name, network=_network(name, rest, term), text=term)
    raise RecordFault(f"unknown mechanism {term}")


def _target(rest: str, term: str) -> MacroString | None:
    if not rest:
        return None
    if rest[0] != ":":
        raise RecordFault(f"unknown mechanism {term}")
    return parse_domain_spec(rest[1:])


def _with_lengths(result: str, name: str, rest: str, term: str) -> Directive:
    found = _LENGTHS.match(rest)
    assert found is not None  # it matches any text
    lengths = int(found[2] or 32), int(found[3] or 128)
    if found[2] == "0":
        lengths = 0, lengths[1]
    if lengths[0] > 32 or lengths[1] > 128:
        raise RecordFault(f"bad length of a network in {term}")
    return Directive(result, name, _target(found[1], term), lengths, text=term)


def _network(name: str, rest: str, term: str) -> Network:
    text, slash, length = rest[1:].partition("/")
    family = 4 if name == "ip4" else 6
    address = parse_address(text) if rest[:1] == ":" and "%" not in text else None
    size = 32 if family == 4 else 128
    if slash and not (length.isdigit() and str(int(length[:9])) == length and int(length) <= size):
        address = None
    if address is None or address.family != family:
        raise RecordFault(f"bad address in {term}")
    return network_of(address, int(length) if slash else size)
