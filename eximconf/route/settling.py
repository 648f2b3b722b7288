"""What a router settles for an address that it takes: transport, error address, header lines, user.

Spec: 15 ``transport``, ``errors_to``, ``headers_add``, ``headers_remove``, ``user``, ``fallback_hosts``.
"""

from __future__ import annotations

from dataclasses import replace

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.route.accounts import NOBODY, ownership
from eximconf.route.address import Address, Decision, Properties
from eximconf.route.visit import Ended, Passwd, Visit
from eximconf.runtime.list_text import append_item
from eximconf.runtime.outcome import ForcedFailure, Outcome
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import is_tainted


def is_local(transport: DriverBlock) -> bool:
    """Whether deliveries by *transport* are local ones, to no host."""
    return transport.driver != "smtp"


def overrides_hosts(transport: DriverBlock) -> bool:
    """Whether *transport* takes its own hosts, not those of the router."""
    return transport.driver == "smtp" and transport["hosts_override"] is True and transport["hosts"] is not None


def errors_and_headers(visit: Visit, properties: Properties) -> Properties:
    """*properties* with what the router says about errors and header lines. Raises `Ended`."""
    return with_headers(visit, with_errors_to(visit, properties))


def with_errors_to(visit: Visit, properties: Properties) -> Properties:
    """*properties* with the router's ``errors_to``, which is verified unless a verification is going on."""
    router, address = visit.router, visit.address
    inherited = address.properties.errors_to
    if properties.errors_to != inherited:
        properties = replace(properties, errors_to=inherited)
    if router.errors_to is None:
        return properties
    try:
        text = expand_string(router.errors_to, visit.ctx)
    except ForcedFailure:
        return properties
    except Outcome as failure:
        message = f"{router.name} router failed to expand {visit.quoted(router.errors_to)}: {failure.message}"
        raise Ended(visit.ends(Decision.DEFER, message)) from None
    if not text:
        address.properties = replace(address.properties, ignore_errors=True)
        return replace(properties, errors_to="", ignore_errors=True)
    if visit.run.verifying:
        return replace(properties, errors_to=text)
    verified = visit.run.verify_errors(text)
    return properties if verified is None else replace(properties, errors_to=verified)


def with_headers(visit: Visit, properties: Properties) -> Properties:
    """*properties* with the header lines that the router adds and removes."""
    router, before = visit.router, visit.address.properties
    if not router.headers_add and not router.headers_remove:
        return properties if _same_headers(properties, before) else replace(
            properties, headers_add=before.headers_add, headers_remove=before.headers_remove
        )
    added, removed = before.headers_add, before.headers_remove
    for line in _expanded(visit, router.headers_add, "add_headers"):
        added = (line if line.endswith("\n") else f"{line}\n", *added)
    for name in _expanded(visit, router.headers_remove, "remove_headers"):
        removed = append_item(removed or "", ":", name)
    if (added, removed) == (properties.headers_add, properties.headers_remove):
        return properties
    return properties.with_headers(added, removed)


def _same_headers(properties: Properties, before: Properties) -> bool:
    return (
        properties is before
        or (properties.headers_add, properties.headers_remove) == (before.headers_add, before.headers_remove)
    )


def _expanded(visit: Visit, items: tuple[str, ...], what: str) -> list[str]:
    """The items of a list that are not empty when they are expanded one by one. Raises `Ended`."""
    found = []
    for item in items:
        try:
            value = expand_string(item, visit.ctx)
        except ForcedFailure:
            continue
        except Outcome as failure:
            name = visit.router.name
            message = f"{name} router failed to expand {what} item {visit.quoted(item)}: {failure.message}"
            raise Ended(visit.ends(Decision.DEFER, message)) from None
        if value:
            found.append(value)
    return found


class BadTransport(Exception):
    """No transport can be settled; the argument says why."""


def find_transport(visit: Visit, text: str | None, required: str = "") -> DriverBlock | None:
    """The transport that *text* names. *required*: the option that must name one. Raises `BadTransport`."""
    name = visit.router.name
    if text is None:
        if required:
            raise BadTransport(f"{required} unset in {name} router")
        return None
    if "$" in text:
        try:
            value = expand_string(text, visit.ctx)
        except Outcome as failure:
            place = f"transport {visit.quoted(text)} in {name} router"
            raise BadTransport(f"failed to expand {place}: {failure.message}") from None
        if is_tainted(value):
            visit.run.log(f"attempt to use tainted value '{value}' from '{text}' for transport", panic=True)
            raise BadTransport("internal configuration error")
        text = value
    found = visit.run.transports.get(text)
    if found is None:
        raise BadTransport(f"transport {visit.quoted(text)} not found in {name} router")
    return found


def settle_transport(visit: Visit, required: str = "") -> None:
    """Give the address the router's transport. Raises `Ended`."""
    try:
        visit.address.transport = find_transport(visit, visit.router.transport, required)
    except BadTransport as fault:
        raise Ended(visit.ends(Decision.DEFER, str(fault))) from None


def accept(visit: Visit, user: Passwd | None) -> Decision:
    """Put the address among those that are routed. Raises `Ended`."""
    address, ctx, run = visit.address, visit.ctx, visit.run
    properties = address.properties
    given = ctx.variables.get("domain_data"), ctx.variables.get("local_part_data")
    if given != (properties.domain_data, properties.local_part_data):
        address.properties = properties.with_data(properties.address_data, *given)
    if address.transport is not None and is_local(address.transport):
        _settle_user(visit, user)
        run.local.insert(0, address)
        return Decision.OK
    fallback = visit.router.fallback_hosts
    if fallback is not None:
        try:
            address.fallback_hosts = expand_string(fallback, ctx) if at_least(ctx.target, "4.99") else fallback
        except Outcome:
            return Decision.DEFER
    run.remote.insert(0, address)
    return Decision.OK


def _settle_user(visit: Visit, user: Passwd | None) -> None:
    """The user, group and directories of a local delivery."""
    address, router = visit.address, visit.router
    if user is not None:
        address.uid, address.gid, address.home, address.home_expanded = user[2], user[3], user[5], True
    owner = ownership(visit)
    if owner is not NOBODY:
        address.uid = address.uid if owner.uid is None else owner.uid
        address.gid = address.gid if owner.gid is None else owner.gid
    if router.transport_home is not None:
        address.home, address.home_expanded = router.transport_home, False
    elif address.home is None and address.home_expanded:
        address.home = visit.ctx.variables.get("home")
    address.current_directory = router.transport_directory


def set_owner(address: Address, uid: int | None, gid: int | None) -> None:
    """The user and group of what redirection has made."""
    address.uid = address.uid if uid is None else uid
    address.gid = address.gid if gid is None else gid
