"""The client of a connection as the subject of a host list. Spec: 10.4."""

from __future__ import annotations

from eximconf.dns.client import ClientHost
from eximconf.match.compared_hosts import compared_hosts
from eximconf.match.hosts import HostSubject, match_host_list
from eximconf.match.verdict import Expander, ListCache, ListMatch
from eximconf.runtime.context import Context
from eximconf.runtime.session import Connection


def match_client(
    ctx: Context,
    connection: Connection,
    text: str | None,
    expand: Expander,
    *,
    cache: ListCache | None = None,
    option: str = "",
    wants_data: bool = True,
) -> ListMatch:
    """Match the client against a host list; its names are only looked for where the list has any. As `match_host_list`
    but for that."""
    address = connection.client
    if ctx.trace is None and type(text) is str:
        compared = compared_hosts(ctx, text, expand)
        found = None if compared is None else compared.match(ctx, address, None, cache, wants_data)
        if found is not None:
            return found
    host = HostSubject(ctx, address, expand, hosts=ClientHost(ctx, connection), name="host")
    return match_host_list(ctx, host, text, expand, cache=cache, option=option, wants_data=wants_data)
