"""Which addresses go together in one delivery. Spec: 25 "The smtp transport": ``max_rcpt``, ``multi_domain``."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.config.model import DriverBlock
from eximconf.deliver.process import Process
from eximconf.expand.dynamic import expand_string
from eximconf.route.address import Address
from eximconf.runtime.outcome import Outcome


def groups(process: Process, addresses: Sequence[Address]) -> list[list[Address]]:
    """*addresses* of remote transports in groups, each with the ones that can share a connection with its first. The
    groups are in the order of their first ones."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for number, address in enumerate(addresses):
        alike.setdefault(_traits(process, address), []).append(number)
    found = []
    for numbers in alike.values():
        block = addresses[numbers[0]].transport
        most = (_number(process, block, "max_rcpt") if block is not None else 0) or len(numbers)
        found += [numbers[at : at + most] for at in range(0, len(numbers), most)]
    return [[addresses[number] for number in numbers] for numbers in sorted(found)]


def _traits(process: Process, address: Address) -> tuple[object, ...]:
    """What the addresses of a group have in common."""
    block, properties = address.transport, address.properties
    one_domain = block is not None and not _flag(process, block, "multi_domain", True)
    hosts = tuple((host.name, host.address, host.port) for host in address.hosts)
    headers = properties.headers_add, properties.headers_remove
    return (
        block.name if block is not None else "", hosts, address.domain if one_domain else "", properties.errors_to, headers
    )  # fmt: skip


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
