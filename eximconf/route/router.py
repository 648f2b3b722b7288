"""A router with its options as they are used, read once. Spec: 15 "Generic options for routers"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from eximconf.config.accounts import Account
from eximconf.config.model import DriverBlock
from eximconf.runtime.list_text import split

if TYPE_CHECKING:
    from eximconf.route.address import Decision
    from eximconf.route.visit import Visit

Driver: TypeAlias = "Callable[[Visit], Decision]"
"""Runs a router for an address."""
_Domains: TypeAlias = "set[str]"
Check: TypeAlias = "Callable[[Visit], str]"
"""Why a precondition does not hold, "" if it does."""


@dataclass(frozen=True, slots=True)
class Router:
    """One router. *number*: its place; *run*: its driver; *prefixes*, *suffixes*: None for a router without.
    *more* and *unseen*: a boolean, or a text that is expanded. *checks*: its preconditions but the affixes
    and what it is for, in order; *foreign*: domains that ``domains`` never takes, as far as they were met;
    *everywhere*: it is for all purposes. The other options are as in `block`."""

    name: str
    number: int
    block: DriverBlock
    run: Driver
    domains: str | None
    local_parts: str | None
    senders: str | None
    condition: str | None
    require_files: str | None
    check_local_user: bool
    caseful_local_part: bool
    home: str | None
    address_data: str | None
    set: str | None
    debug_print: str | None
    prefixes: tuple[str, ...] | None
    suffixes: tuple[str, ...] | None
    prefix_optional: bool
    suffix_optional: bool
    more: bool | str
    unseen: bool | str
    verify_only: bool
    verify_sender: bool
    verify_recipient: bool
    fail_verify_sender: bool
    fail_verify_recipient: bool
    address_test: bool
    expn: bool
    repeat_use: bool
    pass_on_timeout: bool
    dsn_last_hop: bool
    disable_logging: bool
    errors_to: str | None
    headers_add: tuple[str, ...]
    headers_remove: tuple[str, ...]
    fallback_hosts: str | None
    ignore_target_hosts: str | None
    translate_ip_address: str | None
    cannot_route_message: str | None
    transport: str | None
    pass_router: int | None
    redirect_router: int
    self_option: str
    dnssec_request: str | None
    dnssec_require: str | None
    user: Account | None
    group: Account | None
    transport_home: str | None
    transport_directory: str | None
    checks: tuple[Check, ...]
    foreign: _Domains
    everywhere: bool


def read_router(
    block: DriverBlock, number: int, numbers: dict[str, int], run: Driver, checks: tuple[Check, ...]
) -> Router:
    """The router of *block*; *numbers*: the places of all routers by name; *checks*: its preconditions."""
    pass_router = text_of(block, "pass_router")
    home = block["router_home_directory"]
    return Router(
        name=block.name, number=number, block=block, run=run,
        domains=text_of(block, "domains"), local_parts=text_of(block, "local_parts"),
        senders=text_of(block, "senders"), condition=text_of(block, "condition"),
        require_files=text_of(block, "require_files"), check_local_user=flag_of(block, "check_local_user"),
        caseful_local_part=flag_of(block, "caseful_local_part"), home=home if isinstance(home, str) else None,
        address_data=text_of(block, "address_data"), set=text_of(block, "set"),
        debug_print=text_of(block, "debug_print"),
        prefixes=_items(block, "local_part_prefix"), suffixes=_items(block, "local_part_suffix"),
        prefix_optional=flag_of(block, "local_part_prefix_optional"),
        suffix_optional=flag_of(block, "local_part_suffix_optional"),
        more=switch_of(block, "more", True), unseen=switch_of(block, "unseen", False),
        verify_only=flag_of(block, "verify_only"),
        verify_sender=flag_of(block, "verify_sender"), verify_recipient=flag_of(block, "verify_recipient"),
        fail_verify_sender=flag_of(block, "fail_verify_sender"),
        fail_verify_recipient=flag_of(block, "fail_verify_recipient"),
        address_test=flag_of(block, "address_test"), expn=flag_of(block, "expn"),
        repeat_use=block["repeat_use"] is not False, pass_on_timeout=flag_of(block, "pass_on_timeout"),
        dsn_last_hop=flag_of(block, "dsn_lasthop"), disable_logging=flag_of(block, "disable_logging"),
        errors_to=text_of(block, "errors_to"), headers_add=_items(block, "headers_add", "\n") or (),
        headers_remove=_items(block, "headers_remove") or (), fallback_hosts=text_of(block, "fallback_hosts"),
        ignore_target_hosts=text_of(block, "ignore_target_hosts"),
        translate_ip_address=text_of(block, "translate_ip_address"),
        cannot_route_message=text_of(block, "cannot_route_message"), transport=text_of(block, "transport"),
        pass_router=numbers.get(pass_router) if pass_router else None,
        redirect_router=numbers.get(text_of(block, "redirect_router") or "", 0),
        self_option=str(block.plain("self") or "freeze"),
        dnssec_request=text_of(block, "dnssec_request_domains"),
        dnssec_require=text_of(block, "dnssec_require_domains"), user=_account_of(block, "user"),
        group=_account_of(block, "group"), transport_home=text_of(block, "transport_home_directory"),
        transport_directory=text_of(block, "transport_current_directory"), checks=checks, foreign=set(),
        everywhere=not flag_of(block, "verify_only")
        and all(flag_of(block, name) for name in ("verify_sender", "verify_recipient", "address_test", "expn")),
    )  # fmt: skip


def text_of(block: DriverBlock, name: str) -> str | None:
    """The text of an option, None if it has none."""
    value = block[name]
    if isinstance(value, Account):
        return value.text
    return value if isinstance(value, str) else None


def _account_of(block: DriverBlock, name: str) -> Account | None:
    value = block[name]
    return value if isinstance(value, Account) else None


def flag_of(block: DriverBlock, name: str) -> bool:
    """A boolean option."""
    return block[name] is True


def switch_of(block: DriverBlock, name: str, default: bool) -> bool | str:
    """A boolean option that may be a text that is expanded."""
    value = block[name]
    return value if isinstance(value, bool | str) else default


def number_of(block: DriverBlock, name: str, default: int = 0) -> int:
    """An option that is a number."""
    value = block[name]
    return value if isinstance(value, int) else default


def _items(block: DriverBlock, name: str, separator: str = ":") -> tuple[str, ...] | None:
    text = text_of(block, name)
    return None if text is None else tuple(split(text, separator)[0])
