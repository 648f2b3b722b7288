"""How versions of Exim show the address of a client."""

from __future__ import annotations

from eximconf.expand.operators.network import compressed
from eximconf.match.ip import masked_key, parse_address
from eximconf.runtime.settings import at_least


def canonical_address(text: str, target: str) -> str:
    """An address as Exim *target* shows it: IPv6 in its short form since 4.98, before in full."""
    address = parse_address(text)
    if address is None or address.family == 4:
        return text
    if at_least(target, "4.98"):
        return compressed(address.bits.to_bytes(16, "big"))
    return masked_key(address, None, ":")
