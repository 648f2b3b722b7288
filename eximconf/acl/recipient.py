"""The recipient that an ACL is asked about, taken apart. Spec: 44.3, main option ``percent_hack_domains``."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from eximconf.expand.dynamic import expand_string
from eximconf.match.strings import match_domain_list
from eximconf.match.verdict import ListCache
from eximconf.runtime.context import Context
from eximconf.runtime.value import Tainted, ascii_lower, taint_like


@dataclass(slots=True)
class AclRecipient:
    """*address* as it is after the percent hack; *caseful*: its local part without quotes, *lower*: in lower
    case, as ``$local_part`` has it; *domain* in lower case. The caches are those of its domain and local part."""

    address: str
    caseful: str
    lower: str
    domain: str
    domain_lists: ListCache = field(default_factory=ListCache)
    local_part_lists: ListCache = field(default_factory=ListCache)


def split_recipient(ctx: Context, address: str, hacked: str | None) -> AclRecipient | None:
    """*address*, tainted, in its parts; None if it has no domain. *hacked*: the list of domains for which a
    local part ``user%host`` stands for the address ``user@host``. Raises `Deferred`."""
    parts = _parts(str.__str__(address))
    if parts is None:
        return None
    local_part, domain = parts
    found = _recipient(address, local_part, domain)
    return found if hacked is None else _without_percent(ctx, found, hacked)


def _recipient(address: str, local_part: str, domain: str) -> AclRecipient:
    return AclRecipient(
        Tainted(address), Tainted(local_part), Tainted(ascii_lower(local_part)), Tainted(domain)
    )


@lru_cache(maxsize=1024)
def _parts(address: str) -> tuple[str, str] | None:
    quoted, at, domain = address.rpartition("@")
    if not at:
        return None
    if '"' not in quoted and "\\" not in quoted:
        return quoted, ascii_lower(domain)
    local_part, escaped = "", False
    for char in quoted:
        if not escaped and char in '"\\':
            escaped = char == "\\"
        else:
            local_part, escaped = local_part + char, False
    return local_part, ascii_lower(domain)


def _without_percent(ctx: Context, found: AclRecipient, hacked: str) -> AclRecipient:
    local_part, domain = found.caseful, found.domain
    address = found.address
    while True:
        ctx.variables["domain"] = domain
        in_list = match_domain_list(ctx, domain, hacked, expand_string, wants_data=False).found
        if not in_list or "%" not in local_part:
            break
        front, _, behind = local_part.rpartition("%")
        address, local_part = f"{front}@{behind}", front
        domain = Tainted(ascii_lower(behind))
    if address == found.address:
        return found
    return _recipient(address, taint_like(local_part, found.address), domain)
