"""The list matches of ``${if``: ``match_address match_domain match_ip match_local_part``.

Exim does not expand their second string when it is built with its defaults, whatever is in it, to keep
outside data from becoming part of a list; named lists that it names are expanded. Spec: 11.7.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from eximconf.match.addresses import AddressSubject
from eximconf.match.hosts import HostSubject
from eximconf.match.ip import parse_address
from eximconf.match.lists import Subject, match_list
from eximconf.match.strings import StringSubject
from eximconf.match.verdict import Expander, ListKind, ListMatch, ListUse, plain_text
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.printing import quoted

Matcher: TypeAlias = Callable[..., ListMatch]


def match_address(ctx: Context, address: str, text: str, expand: Expander = plain_text) -> ListMatch:
    """``match_address``. Where the deciding item gives no data, ``$value`` stays what it is."""
    return _match(ctx, AddressSubject(ctx, address, expand, before=ctx.variables.get("value")), text, expand)


def match_domain(ctx: Context, domain: str, text: str, expand: Expander = plain_text) -> ListMatch:
    """``match_domain``."""
    return _match(ctx, StringSubject(ctx, domain, ListKind.DOMAIN, expand, numbers=[], special=True), text, expand)


def match_ip(ctx: Context, address: str, text: str, expand: Expander = plain_text) -> ListMatch:
    """``match_ip``: a host list without names. Raises `ExpansionFailed` if *address* is not empty and no
    address. Where the deciding item gives no data, ``$value`` stays what it is."""
    if address and parse_address(address) is None:
        raise ExpansionFailed(f"{quoted(address, ctx.settings, ctx.target)} is not an IP address")
    host = HostSubject(ctx, address, expand, host_name="", before=ctx.variables.get("value"))
    return _match(ctx, host, text, expand)


def match_local_part(ctx: Context, local_part: str, text: str, expand: Expander = plain_text) -> ListMatch:
    """``match_local_part``."""
    return _match(ctx, StringSubject(ctx, local_part, ListKind.LOCAL_PART, expand, numbers=[]), text, expand)


def _match(ctx: Context, subject: Subject, text: str, expand: Expander) -> ListMatch:
    return match_list(ctx, subject, text, ListUse(expand, literal=True))


MATCHERS: dict[str, Matcher] = {
    "address": match_address,
    "domain": match_domain,
    "ip": match_ip,
    "local_part": match_local_part,
}
