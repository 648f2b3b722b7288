"""What DMARC says about a message, from what SPF and DKIM have said. RFC 7489, 3.1 and 6.6."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eximconf.lookup.psl import Rules
from eximconf.mailauth.dmarc.organisation import organisational_domain
from eximconf.mailauth.dmarc.record import PolicyRecord, is_record, parse_record
from eximconf.mailauth.dns import Asked


class Identity(NamedTuple):
    """A domain that SPF or DKIM has looked into, and whether that passed."""

    domain: str
    passed: bool


class Outcome(NamedTuple):
    """*status*: ``accept none quarantine reject norecord``. *domain*: whose record counts. *policy*: what it asks for
    this message, "" for nothing. *record*: None if there is none."""

    status: str
    domain: str
    policy: str = ""
    record: PolicyRecord | None = None
    spf_aligned: bool = False
    dkim_aligned: bool = False


def evaluate(
    dns: Asked,
    rules: Rules,
    author: str,
    spf: Identity,
    dkim: Sequence[Identity],
    *,
    falls_back: bool = True,
) -> Outcome:
    """The outcome for a message from *author*, a domain.

    *falls_back*: without a record there, that of the organisational domain counts. ``pct`` is left to those who
    act on the outcome. Raises what *dns* does.
    """
    domain, text = author, find_record(dns, author)
    if text is None and falls_back:
        above = organisational_domain(rules, author)
        if above != author.lower():
            text = find_record(dns, above)
            domain = author if text is None else above
    if text is None:
        return Outcome("norecord", author)
    record = parse_record(text)
    if not record.p:
        return Outcome("norecord", domain)
    spf_aligned = spf.passed and is_aligned(rules, author, spf.domain, record.strict_spf)
    dkim_aligned = any(
        one.passed and is_aligned(rules, author, one.domain, record.strict_dkim) for one in dkim
    )
    policy = record.sp if record.sp and domain != author else record.p
    status = "accept" if spf_aligned or dkim_aligned else policy
    return Outcome(
        status, domain, policy, record, spf_aligned and record.complete, dkim_aligned and record.complete
    )


def find_record(dns: Asked, domain: str) -> str | None:
    """The text of the DMARC record of *domain*: the first string of the one that there is. None for none, for several,
    and where the DNS cannot say."""
    answer = dns.query(f"_dmarc.{domain}", "TXT")
    firsts = [str(record.data[0]) for record in answer.of("TXT") if record.data]
    found = [text for text in firsts if is_record(text)]
    return found[0] if len(found) == 1 else None


def is_aligned(rules: Rules, author: str, domain: str, strict: bool) -> bool:
    """Whether *domain* counts for *author*."""
    if not domain:
        return False
    if author.lower() == domain.lower():
        return True
    return not strict and organisational_domain(rules, author) == organisational_domain(rules, domain)
