"""The conditions ``condition``, ``acl``, ``dnslists`` and ``atrn_domains``. Spec: 44.17, 44.18."""

from __future__ import annotations

import re

from eximconf.acl.outcome import Verdict
from eximconf.acl.phases import TITLES
from eximconf.acl.run import FALSE, AclRun, Test, Undecided, deferral, fault, held
from eximconf.acl.statement import logged_as, said_by
from eximconf.dns.dnslists import DnslistOutcome, check_dnslists
from eximconf.expand.dynamic import expand_string
from eximconf.match.verdict import Died
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.outcome import Deferred, ForcedFailure, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.value import is_tainted
from eximconf.syntax.escapes import dequote

_NUMBER = re.compile(r"-?[0-9]*\Z")
_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
_MOST_ARGUMENTS = 9


def condition(run: AclRun, text: str) -> Verdict:
    """A number but zero, ``yes`` or ``true``; empty is false; other text cannot be decided."""
    true = truth(text)
    if true is None:
        shown = quoted(text, run.ctx.settings, run.ctx.target)
        raise deferral(f'invalid "condition" value {shown}')
    return held(true)


def truth(text: str) -> bool | None:
    """What *text* is as a truth value, None if it is none."""
    known = _TRUTH.get(text)
    if known is not None:
        return known
    return _atoi(text) != 0 if _NUMBER.match(text) else _TRUTH.get(text.lower())


def _atoi(text: str) -> int:
    """The number as C reads it into 32 bits: what does not fit a long is its greatest value."""
    digits = text.removeprefix("-")
    number = int(digits or "0")
    if number >= 1 << 63:
        number = (1 << 63) if text[:1] == "-" else (1 << 63) - 1
    return (-number if text[:1] == "-" else number) & 0xFFFFFFFF


def acl(run: AclRun, text: str) -> Verdict:
    """Another ACL: its name, file or text, and arguments, each a word or a quoted string that is expanded."""
    ctx = run.ctx
    words: list[str] = []
    at = 0
    while len(words) <= _MOST_ARGUMENTS:
        while at < len(text) and text[at] in SPACE:
            at += 1
        if at >= len(text) and words:
            break
        word, at = dequote(text, at)
        words.append(_expanded(run, word, words))
    name, *arguments = words
    verdict = run.engine.run_inside(run, name, arguments)
    if verdict is Verdict.DISCARD and run.verb not in ("accept", "discard"):
        shown = quoted(run.verb, ctx.settings, ctx.target)
        raise fault(
            f'nested ACL returned "discard" for {shown} command (only allowed with "accept" or "discard")'
        )
    if verdict in (Verdict.DEFER, Verdict.ERROR):
        raise Undecided(verdict, run.log_message)
    return verdict


def _expanded(run: AclRun, word: str, before: list[str]) -> str:
    ctx = run.ctx
    try:
        return expand_string(word, ctx)
    except ForcedFailure:
        raise fault(run.log_message) from None
    except Died:
        raise
    except Outcome as error:
        shown = quoted(before[0] if before else word, ctx.settings, ctx.target)
        message = f"failed to expand ACL string {shown}: {logged_as(error)}"
        if isinstance(error, Deferred):
            raise deferral(said_by(error) or message) from None
        raise fault(message) from None


def dnslists(run: AclRun, text: str) -> Verdict:
    """The client's address, or a key, in lists of the DNS."""
    without_client = TITLES[run.phase] if run.phase in ("not_smtp", "not_smtp_start") else ""
    found = check_dnslists(run.ctx, text, run.connection.client, expand_string, without_client)
    if found.outcome is DnslistOutcome.DEFERRED:
        raise deferral(found.message or None)
    if found.outcome is DnslistOutcome.ERROR:
        raise fault(found.message or None)
    return held(found.outcome is DnslistOutcome.LISTED)


def atrn_domains(run: AclRun, text: str) -> Verdict:
    """Notes the domains that ATRN may fetch. There is no queue here, so none has a message."""
    if is_tainted(text):
        number, file = run.line
        place = f" ({file} {number})" if number else ""
        run.log(f"attempt to used tainted value '{text}' for atrn_domains{place}", panic=True)
        raise fault("internal configuration error")
    run.connection.switches["atrn_domains"] = text
    return FALSE


TESTS: dict[str, Test] = {
    "acl": acl,
    "atrn_domains": atrn_domains,
    "condition": condition,
    "dnslists": dnslists,
}
