"""Operators on addresses and header texts."""

from __future__ import annotations

from eximconf.expand.operators.model import OperatorFunction, failed
from eximconf.message import rfc2047
from eximconf.message.addresses import (
    AddressSyntax,
    GroupState,
    ParsedAddress,
    parse_address,
    split_addresses,
)
from eximconf.runtime.context import Context
from eximconf.runtime.machine import SPACES
from eximconf.runtime.settings import at_least, is_on


def _parsed(text: str, ctx: Context) -> ParsedAddress | None:
    found = parse_address(text, AddressSyntax.from_settings(ctx.settings))
    return found if isinstance(found, ParsedAddress) else None


def address(text: str, raw: str | None, ctx: Context) -> str:
    """The bare address of a mailbox, empty if it is malformed. Spec: ${address:<string>}."""
    found = _parsed(text, ctx)
    return found.address if found else ""


def local_part(text: str, raw: str | None, ctx: Context) -> str:
    """The local part of a mailbox, empty if it is malformed. Spec: ${local_part:<string>}."""
    found = _parsed(text, ctx)
    return found.local_part if found else ""


def domain(text: str, raw: str | None, ctx: Context) -> str:
    """The domain of a mailbox, empty if there is none. Spec: ${domain:<string>}."""
    found = _parsed(text, ctx)
    return found.domain if found else ""


def addresses(text: str, raw: str | None, ctx: Context) -> str:
    """The addresses of a comma-separated list as an Exim list; ``>`` and an octet set its separator.

    Spec: ${addresses:<string>}.
    """
    rest, separator = text.lstrip(SPACES), ":"
    if rest.startswith(">"):
        if len(rest) == 1:
            raise failed("output separator missing in expanding ${addresses:>}")
        separator, rest = rest[1], rest[2:]
    syntax, group = AddressSyntax.from_settings(ctx.settings), GroupState(allowed=True)
    items: list[str] = []
    for mailbox in split_addresses(rest):
        found = parse_address(mailbox, syntax, group=group)
        if isinstance(found, ParsedAddress):
            item = found.address.replace(separator, separator * 2)
            items.append(f" {item}" if items and item.startswith(separator) else item)
    return separator.join(items)


def _charset(ctx: Context) -> str:
    return ctx.settings.get("headers_charset") or "ISO-8859-1"


def rfc2047_encode(text: str, raw: str | None, ctx: Context) -> str:
    """As encoded words, if an octet needs it. Spec: ${rfc2047:<string>}."""
    coded = rfc2047.encode(text, _charset(ctx), count_leader=at_least(ctx.target, "4.99"))
    return text if coded == text else coded


def rfc2047_decode(text: str, raw: str | None, ctx: Context) -> str:
    """With encoded words decoded. Spec: ${rfc2047d:<string>}."""
    check_length = is_on(ctx.settings, "check_rfc2047_length", default=True)
    decoded, error = rfc2047.decode(text, _charset(ctx), check_length=check_length)
    if error:
        raise failed(error)
    return decoded


MAIL_OPERATORS: dict[str, OperatorFunction] = {
    "address": address,
    "addresses": addresses,
    "domain": domain,
    "local_part": local_part,
    "rfc2047": rfc2047_encode,
    "rfc2047d": rfc2047_decode,
}
