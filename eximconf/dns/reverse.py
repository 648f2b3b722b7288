"""Names for IP addresses in the DNS. RFC 1035, 3.5; RFC 3596, 2.5."""

from __future__ import annotations

from eximconf.match.ip import parse_address


def reversed_address(text: str) -> str | None:
    """An address back to front, as lists of addresses in the DNS are asked: octets of IPv4, hexadecimal
    digits of IPv6, a dot between. None if *text* is no address."""
    address = parse_address(text)
    if address is None:
        return None
    if address.family == 4:
        return ".".join(str(address.bits >> shift & 255) for shift in range(0, 32, 8))
    return ".".join(f"{address.bits >> shift & 15:x}" for shift in range(0, 128, 4))


def reverse_name(text: str) -> str | None:
    """The name whose PTR records are the host names of the address *text*; None if it is no address."""
    labels = reversed_address(text)
    if labels is None:
        return None
    return f"{labels}.ip6.arpa" if ":" in text else f"{labels}.in-addr.arpa"


def ptr_name(text: str) -> str:
    """The name that Exim builds for the address *text*, which it does not check: IPv4 by its text, IPv6 with a
    dot at the end."""
    if ":" not in text:
        return ".".join([*reversed(text.split(".")), "in-addr.arpa"])
    return f"{reversed_address(text)}.ip6.arpa."
