"""Whether a router is run for an address, tested in Exim's order. Spec: 3.12 "Router preconditions"."""

from __future__ import annotations

from dataclasses import replace

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_list
from eximconf.match.compared import compared_list
from eximconf.match.strings import match_domain_list, match_local_part_list
from eximconf.match.verdict import Died, ListKind, ListMatch
from eximconf.route import brightmail
from eximconf.route.accounts import find_login
from eximconf.route.address import Address, cut
from eximconf.route.expanding import condition_holds
from eximconf.route.required_files import Undecided, files_are_there
from eximconf.route.router import Check, Router
from eximconf.route.variables import keep
from eximconf.route.visit import Purpose, Visit
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Deferred, ExpansionFailed, ForcedFailure, Outcome
from eximconf.runtime.value import Tainted, lowered

DOMAINS_MISMATCH = "domains mismatch"
_MOST_FOREIGN = 4096


class Unsettled(Exception):
    """A precondition cannot be tested now, which defers the address; the argument says why."""


def checks_of(block: DriverBlock) -> tuple[Check, ...]:
    """The preconditions that a router has set, in Exim's order, but the affixes and what it is for."""
    options = (
        ("domains", check_domains), ("local_parts", _check_local_parts), ("check_local_user", _check_login),
        ("router_home_directory", _check_home), ("senders", _check_sender), ("debug_print", _print_debug),
        ("require_files", _check_files), ("condition", _check_condition), *brightmail.CHECKS,
    )  # fmt: skip
    return tuple(check for option, check in options if block[option] not in (None, False))


def unmet(visit: Visit, checks: tuple[Check, ...]) -> str:
    """Why the router is passed over, "" if it is not. Raises `Unsettled` and `Died`."""
    try:
        for check in checks:
            reason = check(visit)
            if reason:
                return reason
        return ""
    except Undecided as reason:
        raise Unsettled(str(reason)) from None
    except Died:
        raise
    except ExpansionFailed as failure:  # a service is missing
        raise Unsettled(failure.message) from None


def out_of_place(router: Router, purpose: Purpose, testing: bool) -> str:
    """Why *router* is not for this, "" if it is."""
    takes_part = True
    match purpose:
        case Purpose.SENDER:
            takes_part = router.verify_sender
        case Purpose.RECIPIENT:
            takes_part = router.verify_recipient
        case _ if router.verify_only:
            return "verify_only set"
    if testing and not router.address_test:
        return "address_test is unset"
    if not takes_part:
        return f"verify_{purpose.value} is unset"
    return "no_expn set" if purpose is Purpose.EXPN and not router.expn else ""


def check_domains(visit: Visit) -> str:
    address, ctx = visit.address, visit.ctx
    try:
        found = match_domain_list(
            ctx, address.domain, visit.router.domains, expand_string, cache=address.known_domain_lists(), option="domains"
        )
    except Deferred:
        raise Unsettled("domains check lookup or other defer") from None
    if found.data is not None:
        ctx.variables["domain_data"] = found.data
    else:
        ctx.variables.pop("domain_data", None)
    return "" if found.found else DOMAINS_MISMATCH


def settled_domains(ctx: Context, router: Router, address: Address) -> ListMatch | None:
    """The result for ``domains`` where it does not depend on what else is known of the address, else None."""
    if router.domains is None:
        return None
    compared = compared_list(ctx, router.domains, ListKind.DOMAIN, expand_string)
    if compared is None:
        return None
    found = compared.match(ctx, lowered(address.domain), address.domain, address.known_domain_lists())
    if found is not None and not found.found and len(router.foreign) < _MOST_FOREIGN and not compared.of_machine(ctx):
        router.foreign.add(address.domain)
    return found


def _check_local_parts(visit: Visit) -> str:
    router, address, ctx = visit.router, visit.address, visit.ctx
    whole = address.prefix is None and address.suffix is None
    try:
        found = match_local_part_list(
            ctx, address.caseful if whole else _caseful_part(address), router.local_parts, expand_string,
            option="local_parts", cache=address.known_local_part_lists() if whole else None,
            caseless=not router.caseful_local_part,
        )  # fmt: skip
    except Deferred:
        raise Unsettled("local_parts check lookup or other defer") from None
    keep(ctx.variables, "local_part_data", found.data)
    return "" if found.found else "local_parts mismatch"


def _caseful_part(address: Address) -> str:
    """The local part without affixes in its own case, so that ``+caseful`` can see that."""
    start, end = len(address.prefix or ""), len(address.suffix or "")
    return cut(address.caseful, start, len(address.caseful) - end)


def _check_login(visit: Visit) -> str:
    address, ctx = visit.address, visit.ctx
    visit.user = find_login(ctx, address.local_part)
    if visit.user is None:
        return f"{address.local_part} is not a local user"
    name = visit.user[0]
    ctx.variables["local_part_data"] = name
    ctx.variables["home"] = visit.user[5]
    address.properties = replace(address.properties, local_part_data=name)
    return ""


def _check_home(visit: Visit) -> str:
    router, ctx = visit.router, visit.ctx
    assert router.home is not None
    try:
        ctx.variables["home"] = expand_string(router.home, ctx)
    except ForcedFailure:
        return ""
    except Outcome as failure:
        shown = visit.quoted(router.home)
        raise Unsettled(f"failed to expand {shown} for router_home_directory: {failure.message}") from None
    visit.address.home_expanded = True
    return ""


def _check_sender(visit: Visit) -> str:
    router, ctx = visit.router, visit.ctx
    sender = Tainted(visit.run.envelope_sender)
    before = ctx.variables.get("sender_data")
    try:
        found = match_address_list(ctx, sender, router.senders, expand_string, option="senders", before=before)
    except Deferred:
        raise Unsettled("senders check lookup or other defer") from None
    keep(ctx.variables, "sender_data", found.data)
    return "" if found.found else "senders mismatch"


def _print_debug(visit: Visit) -> str:
    """``debug_print`` is expanded for whoever watches."""
    text, ctx = visit.router.debug_print, visit.ctx
    tell = ctx.trace.line if ctx.trace is not None else ctx.verbose
    if text is None or tell is None:
        return ""
    try:
        tell(expand_string(text, ctx))
    except Outcome as failure:
        tell(f"failed to expand debug_output {visit.quoted(text)}: {failure.message}")
    return ""


def _check_files(visit: Visit) -> str:
    return "" if files_are_there(visit, visit.router.require_files or "") else "file check"


def _check_condition(visit: Visit) -> str:
    try:
        holds = condition_holds(visit, visit.router.condition or "")
    except Deferred:
        raise Unsettled("condition check lookup defer") from None
    return "" if holds else "condition failure"
