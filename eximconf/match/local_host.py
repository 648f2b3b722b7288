"""What ``@`` and ``@[]`` in lists stand for: this machine. Spec: 10.3, 10.4.1, 13.4."""

from __future__ import annotations

from functools import lru_cache

from eximconf.match.ip import parse_address
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.settings import is_on

_ALL = {"0.0.0.0": False, "::0": True}  # each stands for all addresses of one family


def primary_hostname(ctx: Context) -> str:
    """The name of this machine for mail."""
    return ctx.settings.get("primary_hostname") or ctx.services.hostname


def local_addresses(ctx: Context) -> frozenset[str]:
    """The addresses of this machine that count as local, by ``local_interfaces`` and
    ``extra_local_interfaces``; those of IPv6 not with ``disable_ipv6``."""
    settings = ctx.settings
    return _listed(
        settings.get("local_interfaces") or "<; ::0 ; 0.0.0.0",
        settings.get("extra_local_interfaces") or "",
        is_on(settings, "disable_ipv6"),
        tuple(ctx.services.interfaces),
    )


def is_local_literal(ctx: Context, text: str) -> bool:
    """Whether *text* is one of these in brackets; Exim is content with one of the two."""
    return (text[:1] == "[" or text[-1:] == "]") and text[1:-1] in local_addresses(ctx)


@lru_cache(maxsize=64)
def _listed(interfaces: str, extra: str, only_ipv4: bool, machine: tuple[str, ...]) -> frozenset[str]:
    found: set[str] = set()
    for item in split(interfaces)[0] + split(extra)[0]:
        address = _without_port(item)
        if only_ipv4 and ":" in address:
            continue
        if address in _ALL:
            found |= {other for other in machine if (":" in other) is _ALL[address]}
        else:
            found.add(address)
    return frozenset(found)


def _without_port(item: str) -> str:
    """The address in ``address.port`` or ``[address]:port``."""
    if item[:1] == "[":
        return item[1:].partition("]")[0]
    if parse_address(item) is None and parse_address(item.rpartition(".")[0]) is not None:
        return item.rpartition(".")[0]
    return item
