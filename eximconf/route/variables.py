"""The variables that tell of the address at hand. Spec: 11.9."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from eximconf.route.address import Address
from eximconf.route.brightmail import set_verdict_variables
from eximconf.runtime.context import Context

OF_ADDRESS = (
    "address_data", "address_file", "address_pipe", "domain", "domain_data", "home", "host", "host_address",
    "host_port", "local_part", "local_part_data", "local_part_prefix", "local_part_prefix_v", "local_part_suffix",
    "local_part_suffix_v", "original_domain", "original_local_part", "parent_domain", "parent_local_part",
    "self_hostname",
)  # fmt: skip
_SET_ANEW = tuple(name for name in OF_ADDRESS if name != "home")
"""What one router has made of ``$home``, the next ones still see."""
_KEPT = (*OF_ADDRESS, "router_name", "value")


def set_variables(ctx: Context, address: Address) -> None:
    """Set the variables as a router sees them that starts on *address*."""
    variables, top = ctx.variables, address.top
    for name in _SET_ANEW:
        variables.pop(name, None)
    variables["domain"] = address.domain
    variables["original_domain"] = top.domain
    variables["original_local_part"] = top.shown_local_part
    if address.parent is not None:
        variables["parent_domain"] = address.parent.domain
        variables["parent_local_part"] = address.parent.shown_local_part
    renew_variables(ctx, address)
    set_verdict_variables(ctx, address)


def renew_variables(ctx: Context, address: Address) -> None:
    """The same for a router behind the first: what one router can have changed."""
    properties, variables = address.properties, ctx.variables
    variables["local_part"] = address.local_part
    for name, value in (
        ("address_data", properties.address_data), ("domain_data", properties.domain_data),
        ("local_part_data", properties.local_part_data), ("local_part_prefix", address.prefix),
        ("local_part_prefix_v", address.prefix_wild), ("local_part_suffix", address.suffix),
        ("local_part_suffix_v", address.suffix_wild), ("self_hostname", address.self_hostname or None),
    ):  # fmt: skip
        if value is not None:
            variables[name] = value
        elif name in variables:
            del variables[name]
    if address.hosts:
        _set_host(variables, address)
    set_router_variables(ctx, properties.variables)


def _set_host(variables: dict[str, str], address: Address) -> None:
    host = address.hosts[0]
    variables |= {"host": host.name, "host_port": str(host.port or 0)}
    keep(variables, "host_address", host.address)


def set_router_variables(ctx: Context, values: Mapping[str, str]) -> None:
    """Make the ``r_…`` variables these and no others."""
    if ctx.router_variables:
        for name in ctx.router_variables:
            ctx.variables.pop(name, None)
    if values or ctx.router_variables:
        ctx.router_variables = tuple(values)
        ctx.variables |= values


def clear_variables(ctx: Context) -> None:
    """Unset them, as after an address has been routed."""
    variables = ctx.variables
    for name in OF_ADDRESS:
        if name in variables:
            del variables[name]
    set_router_variables(ctx, {})


def keep(variables: dict[str, str], name: str, value: str | None) -> None:
    """Set a variable, or unset it for None."""
    if value is None:
        variables.pop(name, None)
    else:
        variables[name] = value


@contextmanager
def variables_restored(ctx: Context) -> Iterator[None]:
    """Give back the variables of an address, and ``$1`` …, as they were."""
    kept = KeptVariables(ctx)
    try:
        yield
    finally:
        kept.give_back()


class KeptVariables:
    """The variables of an address, and ``$1`` …, as they are now."""

    __slots__ = ("_ctx", "_kept", "_numbers", "_router_variables")

    def __init__(self, ctx: Context) -> None:
        variables = ctx.variables
        self._ctx = ctx
        self._kept = [(name, variables[name]) for name in _KEPT if name in variables]
        self._router_variables = {name: variables[name] for name in ctx.router_variables if name in variables}
        self._numbers = ctx.numbers

    def give_back(self) -> None:
        ctx = self._ctx
        clear_variables(ctx)
        ctx.variables.pop("router_name", None)
        ctx.variables.pop("value", None)
        ctx.variables.update(self._kept)
        set_router_variables(ctx, self._router_variables)
        ctx.numbers = self._numbers
