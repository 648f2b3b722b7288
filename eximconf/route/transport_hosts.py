"""The hosts that an smtp transport names itself, and those that come after all others. Spec: 30 ``hosts``, ``fallback_hosts``."""

from __future__ import annotations

from eximconf.config.model import DriverBlock
from eximconf.dns.host import Host
from eximconf.dns.hosts import find_by_name
from eximconf.expand.dynamic import expand_string
from eximconf.route.router import text_of
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split


def hosts_of_transport(ctx: Context, transport: DriverBlock) -> tuple[Host, ...]:
    """The hosts of the option with their addresses, none where it is unset. Raises `Outcome`."""
    listed = text_of(transport, "hosts")
    if listed is None:
        return ()
    return named_hosts(ctx, expand_string(listed, ctx))


def named_hosts(ctx: Context, text: str) -> tuple[Host, ...]:
    """The hosts of a list with their addresses. Raises `Outcome`."""
    found = [find_by_name(ctx, name, qualify_single=True) for name in split(text)[0] if name != "+"]
    return tuple(host for answer in found for host in answer.hosts)
