"""``@mx_any``, ``@mx_primary`` and ``@mx_secondary`` in domain lists. Spec: 10.3."""

from __future__ import annotations

import re

from eximconf.dns.host import FindOutcome
from eximconf.dns.hosts import HostSearch, find_by_dns
from eximconf.match.hosts import HostSubject, match_host_list
from eximconf.match.verdict import Expander
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Deferred
from eximconf.runtime.printing import quoted
from eximconf.runtime.value import taint_like

_ITEM = re.compile(r"@mx_(any|primary|secondary)(?:/ignore=(.*))?\Z", re.IGNORECASE | re.DOTALL)


def is_local_mx(ctx: Context, domain: str, pattern: str, expand: Expander) -> bool | None:
    """Whether an MX record of *domain* that the item *pattern* means leads to this machine; None if
    *pattern* is no such item. Raises `Deferred`, and `ExpansionFailed` without a DNS service."""
    item = _ITEM.match(pattern)
    if item is None:
        return None
    which, ignored = item[1].lower(), item[2]

    def ignore(name: str, address: str) -> bool:
        host = HostSubject(ctx, address, expand, host_name=name)
        return match_host_list(ctx, host, taint_like(ignored, pattern), expand).found

    passed_over = None if ignored is None else ignore
    search = HostSearch(mx=True, addresses=False, ignore=passed_over, options=False, dnssec_lists=False)
    found = find_by_dns(ctx, domain, search)
    if found.outcome is FindOutcome.AGAIN:
        raise Deferred(f"DNS lookup of {quoted(domain, ctx.settings, ctx.target)} deferred")
    if found.outcome is FindOutcome.LOCAL and which != "secondary":
        return True
    return found.removed and which != "primary"
