"""What ``@`` and ``@[]`` in lists stand for: this machine. Spec: 10.3, 10.4.1, 13.4."""

from __future__ import annotations

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
    ``extra_local_interfaces``."""
    every = "0.0.0.0" if is_on(ctx.settings, "disable_ipv6") else "<; ::0 ; 0.0.0.0"
    listed = [ctx.settings.get("local_interfaces") or every, ctx.settings.get("extra_local_interfaces") or ""]
    found: set[str] = set()
    for text in listed:
        for item in split(text)[0]:
            address = _without_port(item)
            if address in _ALL:
                found |= {other for other in ctx.services.interfaces if (":" in other) is _ALL[address]}
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
