"""Which addresses go together in one delivery. Spec: 25 "The smtp transport": ``max_rcpt``, ``multi_domain``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eximconf.config.model import DriverBlock
from eximconf.deliver.process import Process
from eximconf.expand.dynamic import expand_string
from eximconf.route.address import Address
from eximconf.runtime.outcome import Outcome


def groups(process: Process, addresses: Sequence[Address]) -> Iterator[list[Address]]:
    """*addresses* of remote transports in groups, each with the ones that can share a connection with its first."""
    left = list(addresses)
    while left:
        first, block = left[0], left[0].transport
        assert block is not None
        one_domain = not _flag(process, block, "multi_domain", True)
        most = _number(process, block, "max_rcpt") or len(left)
        group = [one for one in left if _goes_with(one, first, one_domain)][:most]
        left = [one for one in left if not any(one is other for other in group)]
        yield group


def _goes_with(one: Address, first: Address, one_domain: bool) -> bool:
    theirs, ours = one.properties, first.properties
    return (
        one.transport is first.transport
        and _places(one) == _places(first)
        and (not one_domain or one.domain == first.domain)
        and theirs.errors_to == ours.errors_to
        and theirs.srs_sender == ours.srs_sender
        and theirs.headers_add == ours.headers_add
        and theirs.headers_remove == ours.headers_remove
    )


def _places(address: Address) -> list[tuple[str, str | None, int | None]]:
    return [(host.name, host.address, host.port) for host in address.hosts]


def _flag(process: Process, block: DriverBlock, name: str, default: bool) -> bool:
    value = block[name]
    if isinstance(value, str):
        try:
            return expand_string(value, process.ctx).lower() in ("true", "yes")
        except Outcome:
            return default
    return value if isinstance(value, bool) else default


def _number(process: Process, block: DriverBlock, name: str) -> int:
    """A number that may be expanded, 0 for no limit."""
    value = block[name]
    if isinstance(value, int):
        return value
    try:
        text = expand_string(str(value or "0"), process.ctx)
    except Outcome:
        return 0
    return int(text) if text.isdecimal() and len(text) < 10 else 0
