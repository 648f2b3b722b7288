"""Whether a router is run for an address, tested in Exim's order. Spec: 3.12 "Router preconditions"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_list
from eximconf.match.strings import match_domain_list, match_local_part_list
from eximconf.match.verdict import Died, ListMatch
from eximconf.route.accounts import find_login
from eximconf.route.address import Address, cut
from eximconf.route.expanding import condition_holds
from eximconf.route.required_files import Undecided, files_are_there
from eximconf.route.variables import keep
from eximconf.route.visit import Purpose, Visit
from eximconf.runtime.outcome import Deferred, ExpansionFailed, ForcedFailure, Outcome
from eximconf.runtime.value import Tainted

_Match: TypeAlias = Callable[[], ListMatch]


class Skipped(Exception):
    """The router is passed over; the argument says why."""


class Unsettled(Exception):
    """A precondition cannot be tested now, which defers the address; the argument says why."""


def check(visit: Visit) -> None:
    """Test all preconditions but the affixes. Raises `Skipped`, `Unsettled` and `Died`."""
    _check_purpose(visit)
    try:
        _check_address(visit)
        _check_user(visit)
        _check_sender(visit)
        _print_debug(visit)
        if visit.router.require_files is not None and not files_are_there(visit, visit.router.require_files):
            raise Skipped("file check")
        _check_condition(visit)
    except Undecided as reason:
        raise Unsettled(str(reason)) from None
    except Died:
        raise
    except ExpansionFailed as failure:  # a service is missing
        raise Unsettled(failure.message) from None


def _check_purpose(visit: Visit) -> None:
    router, run = visit.router, visit.run
    match run.purpose:
        case Purpose.SENDER:
            takes_part = router.verify_sender
        case Purpose.RECIPIENT:
            takes_part = router.verify_recipient
        case _:
            takes_part = True
            if router.verify_only:
                raise Skipped("verify_only set")
    if run.testing and not router.address_test:
        raise Skipped("address_test is unset")
    if not takes_part:
        raise Skipped(f"verify_{run.purpose.value} is unset")
    if run.purpose is Purpose.EXPN and not router.expn:
        raise Skipped("no_expn set")


def _check_address(visit: Visit) -> None:
    router, address, ctx = visit.router, visit.address, visit.ctx
    if router.domains is not None:
        found = _matched(
            "domains",
            lambda: match_domain_list(
                ctx, address.domain, router.domains, expand_string, cache=address.domain_lists, option="domains"
            ),
        )
        keep(ctx.variables, "domain_data", found.data)
        _demand(found, "domains")
    if router.local_parts is not None:
        whole = address.prefix is None and address.suffix is None
        found = _matched(
            "local_parts",
            lambda: match_local_part_list(
                ctx, _caseful_part(address), router.local_parts, expand_string, option="local_parts",
                cache=address.local_part_lists if whole else None, caseless=not router.caseful_local_part,
            ),
        )  # fmt: skip
        keep(ctx.variables, "local_part_data", found.data)
        _demand(found, "local_parts")


def _caseful_part(address: Address) -> str:
    """The local part without affixes in its own case, so that ``+caseful`` can see that."""
    start, end = len(address.prefix or ""), len(address.suffix or "")
    return cut(address.caseful, start, len(address.caseful) - end)


def _matched(what: str, match: _Match) -> ListMatch:
    try:
        return match()
    except Deferred:
        raise Unsettled(f"{what} check lookup or other defer") from None


def _demand(found: ListMatch, what: str) -> None:
    if not found.found:
        raise Skipped(f"{what} mismatch")


def _check_user(visit: Visit) -> None:
    router, address, ctx = visit.router, visit.address, visit.ctx
    if router.check_local_user:
        visit.user = find_login(ctx, address.local_part)
        if visit.user is None:
            raise Skipped(f"{address.local_part} is not a local user")
        name = visit.user[0]
        ctx.variables["local_part_data"] = name
        ctx.variables["home"] = visit.user[5]
        address.properties = replace(address.properties, local_part_data=name)
    if router.home is not None:
        try:
            ctx.variables["home"] = expand_string(router.home, ctx)
        except ForcedFailure:
            return
        except Outcome as failure:
            shown = visit.quoted(router.home)
            raise Unsettled(f"failed to expand {shown} for router_home_directory: {failure.message}") from None
        address.home_expanded = True


def _check_sender(visit: Visit) -> None:
    router, ctx = visit.router, visit.ctx
    if router.senders is None:
        return
    sender = Tainted(visit.run.envelope_sender)
    before = ctx.variables.get("sender_data")
    found = _matched(
        "senders",
        lambda: match_address_list(ctx, sender, router.senders, expand_string, option="senders", before=before),
    )
    keep(ctx.variables, "sender_data", found.data)
    _demand(found, "senders")


def _print_debug(visit: Visit) -> None:
    """``debug_print`` is expanded for whoever watches."""
    text, trace = visit.router.debug_print, visit.ctx.trace
    if text is None or trace is None:
        return
    try:
        trace.line(expand_string(text, visit.ctx))
    except Outcome as failure:
        trace.line(f"failed to expand debug_output {visit.quoted(text)}: {failure.message}")


def _check_condition(visit: Visit) -> None:
    if visit.router.condition is None:
        return
    try:
        holds = condition_holds(visit, visit.router.condition)
    except Deferred:
        raise Unsettled("condition check lookup defer") from None
    if not holds:
        raise Skipped("condition failure")
