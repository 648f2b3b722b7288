"""Whether a message is a personal one. Spec: the filter specification, 3.27 to 3.29."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eximconf.message.addresses import AddressSyntax, ParsedAddress, find_address_end, parse_address
from eximconf.message.headers import HeaderLines
from eximconf.route.rewriting import Rewriter
from eximconf.runtime.context import Context
from eximconf.runtime.value import ascii_lower, untaint

_LIST_LINES = re.compile(
    r"list-(?:id|help|subscribe|unsubscribe|post|owner|archive):", re.IGNORECASE | re.ASCII
)
_AUTO_SUBMITTED = re.compile(r"auto-submitted:[ \t\n]*", re.IGNORECASE | re.ASCII)
_NOT_AUTOMATIC = re.compile(r"no[ \t\n]*\Z", re.IGNORECASE | re.ASCII)
_ROBOTS = re.compile(
    r"(?:server|daemon|root|listserv|majordomo|[^\n]*-request)@|owner-[^@]+@", re.IGNORECASE | re.ASCII
)
_BULK = ("bulk", "list", "junk")


def is_personal(
    ctx: Context, rewriter: Rewriter, aliases: Iterable[str], scans_copies: bool = False
) -> bool:
    """Whether the message was written by a person, to the user whose filter runs.

    *aliases*: other addresses of the user. *scans_copies*: ``Cc:`` and ``Bcc:`` are looked at too, as for Sieve.
    """
    lines = list(ctx.headers.lines) if isinstance(ctx.headers, HeaderLines) else []
    if any(_LIST_LINES.match(line) or _is_automatic(line) for line in lines):
        return False
    plain, full = _own_addresses(ctx)
    own = {plain, full, *(_rewritten(ctx, rewriter, address, "f") for address in (plain, full))}
    to = {plain, full}  # how the plain one is rewritten does not count: seen on 4.96 to 4.100-dev
    if full != plain:
        to.add(_rewritten(ctx, rewriter, full, "t"))
    others = {ascii_lower(alias) for alias in aliases}
    names = ("to:", "cc:", "bcc:") if scans_copies else ("to:",)
    syntax = AddressSyntax.from_settings(ctx.settings)
    if not any(address in to | others for name in names for address in _addresses(lines, name, syntax)):
        return False
    senders = list(_addresses(lines, "from:", syntax))
    if any(address in own | others or _ROBOTS.match(address) for address in senders):
        return False
    precedence = (ascii_lower(line) for line in lines if line[:11].lower() == "precedence:")
    return not any(word in line for line in precedence for word in _BULK) and bool(
        ctx.variables.get("sender_address")
    )


def _is_automatic(line: str) -> bool:
    found = _AUTO_SUBMITTED.match(line)
    return found is not None and _NOT_AUTOMATIC.match(line, found.end()) is None


def _own_addresses(ctx: Context) -> tuple[str, str]:
    """The address of the user without and with prefix and suffix, in lower case."""
    variables = ctx.variables
    local_part, domain = variables.get("local_part", ""), variables.get("domain", "")
    prefix, suffix = variables.get("local_part_prefix", ""), variables.get("local_part_suffix", "")
    return ascii_lower(f"{local_part}@{domain}"), ascii_lower(f"{prefix}{local_part}{suffix}@{domain}")


def _rewritten(ctx: Context, rewriter: Rewriter, address: str, place: str) -> str:
    return ascii_lower(rewriter.one(ctx, address, place).text)


def _addresses(lines: list[str], name: str, syntax: AddressSyntax) -> Iterator[str]:
    """The addresses in the lines that begin with *name*, in lower case; a fault ends a line."""
    for line in lines:
        if ascii_lower(line[: len(name)]) != name:
            continue
        at = len(name)
        while at < len(line):
            end = find_address_end(line, at)
            found = parse_address(line[at:end], syntax)
            if not isinstance(found, ParsedAddress):
                break
            yield ascii_lower(untaint(found.address))
            at = end + 1
