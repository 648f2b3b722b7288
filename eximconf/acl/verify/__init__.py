"""The condition ``verify``: about the connection, the header lines, or an address. Spec: 44.17 ``verify``, 44.21."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from eximconf.acl.conditions.scanners import ask
from eximconf.acl.outcome import Verdict
from eximconf.acl.phases import TITLES, allowed
from eximconf.acl.run import FALSE, TRUE, AclRun, Test, deferral, fault, held
from eximconf.acl.verify.addresses import verify_header_sender, verify_recipient, verify_sender
from eximconf.acl.verify.headers import header_names_ascii, header_syntax, not_blind
from eximconf.acl.verify.options import no_kind
from eximconf.catalog.acl import VERIFY_KINDS
from eximconf.catalog.model import VerifyKind
from eximconf.dns.client import ClientHost
from eximconf.dns.csa import verify_csa
from eximconf.dns.host import FindOutcome
from eximconf.runtime.list_text import split
from eximconf.runtime.printing import quoted

Check: TypeAlias = Callable[[AclRun, str, list[str]], Verdict]
"""A kind of verification: the run, the whole argument, and it in parts."""


def verify(run: AclRun, text: str) -> Verdict:
    """One verification. What it has to say to the client is in ``$acl_verify_message`` from here on."""
    trace = run.ctx.trace
    if trace is not None:
        trace.level += 1
    try:
        return _verify(run, text)
    finally:
        if trace is not None:
            trace.level -= 1
        if run.user_message is not None:
            run.ctx.variables["acl_verify_message"] = run.user_message
        if run.verb == "warn":
            run.user_message = None


def _verify(run: AclRun, text: str) -> Verdict:
    items = split(text, "/")[0]
    entry = _kind(items[0], run.ctx.target) if items else None
    if entry is None:
        raise no_kind(text)
    if not entry.has_options and "/" in text:
        shown = quoted(text, run.ctx.settings, run.ctx.target)
        raise fault(f"unexpected '/' found in {shown} (this verify item has no options)")
    if not allowed(entry.phases_in(run.ctx.target), run.phase):
        raise fault(f"cannot verify {entry.name} in ACL for {TITLES[run.phase]}")
    return _CHECKS[entry.name](run, text, items)


def _kind(word: str, target: str) -> VerifyKind | None:
    """The kind that *word* names; more may follow ``sender``."""
    lower = word.lower()
    entry = VERIFY_KINDS.get("sender" if lower.startswith("sender") else lower)
    return entry if entry is not None and entry.known_in(target) else None


def _certificate(run: AclRun, _text: str, _items: list[str]) -> Verdict:
    if run.connection.tls_verified:
        return TRUE
    run.user_message = "no verified certificate"
    return FALSE


def _helo(run: AclRun, _text: str, _items: list[str]) -> Verdict:
    ClientHost(run.ctx, run.connection).verify_helo()
    return held(bool(run.connection.helo_verified))


def _reverse_host_lookup(run: AclRun, _text: str, items: list[str]) -> Verdict:
    connection = run.connection
    if not connection.client or connection.host_name:
        return TRUE
    if connection.host_name is not None:
        run.log_message = f"host lookup failed{connection.host_lookup_message}"
        return FALSE
    run.trace("looking up host name to force name/address consistency check")
    outcome = ClientHost(run.ctx, connection).look_up()
    if outcome is FindOutcome.FOUND:
        return TRUE
    if outcome is FindOutcome.AGAIN:
        if any(item.lower() == "defer_ok" for item in items[1:]):
            run.log_message = "host lookup deferred for reverse lookup check"
            return TRUE
        raise deferral("host lookup deferred for reverse lookup check")
    run.log_message = f"host lookup failed for reverse lookup check{connection.host_lookup_message}"
    return FALSE


def _csa(run: AclRun, text: str, _items: list[str]) -> Verdict:
    domain = text.partition("/")[2]
    connection = run.connection
    result = verify_csa(run.ctx, domain, connection.helo, connection.client)
    run.ctx.variables["csa_status"] = result.status
    run.log_message = run.user_message = result.message
    return held(result.passes)


def _arc(run: AclRun, _text: str, items: list[str]) -> Verdict:
    wanted = items[1] if len(items) > 1 else "none:pass"
    return held(ask(run, "arc") in split(wanted)[0])


_CHECKS: Mapping[str, Check] = {
    "arc": _arc,
    "certificate": _certificate,
    "csa": _csa,
    "header_names_ascii": header_names_ascii,
    "header_sender": verify_header_sender,
    "header_syntax": header_syntax,
    "helo": _helo,
    "not_blind": not_blind,
    "recipient": verify_recipient,
    "reverse_host_lookup": _reverse_host_lookup,
    "sender": verify_sender,
}
TESTS: dict[str, Test] = {"verify": verify}
