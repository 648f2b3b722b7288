"""DMARC where no real Exim at hand does what RFC 7489 says: organisational domains, strict alignment, ``nofrom``."""

from __future__ import annotations

import pytest

from eximconf.dns.recorded import RecordedDns
from eximconf.dns.zone_text import parse_zone_text
from eximconf.lookup.psl import Rules
from eximconf.mailauth.dmarc.evaluate import Identity, evaluate
from eximconf.mailauth.dmarc.organisation import organisational_domain, packaged_list, rules_of

_RULES = Rules("// rules\ntest\nco.test\n*.wild.test\n!kept.wild.test\n")
_ZONE = """
$ORIGIN test.
_dmarc.org   TXT "v=DMARC1; p=reject; sp=quarantine"
_dmarc.plain TXT "v=DMARC1; p=reject"
_dmarc.strict TXT "v=DMARC1; p=reject; adkim=s; aspf=s"
_dmarc.x.co  TXT "v=DMARC1; p=none"
_dmarc.own.org TXT "v=DMARC1; p=none; sp=reject"
"""


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("a.b.org.test", "org.test"), ("org.test", "org.test"), ("test", "test"), ("A.ORG.Test", "org.test"),
        ("x.co.test", "x.co.test"), ("a.x.co.test", "x.co.test"), ("a.b.c.wild.test", "b.c.wild.test"),
        ("a.kept.wild.test", "kept.wild.test"), ("a.b.unlisted", "b.unlisted"), ("unlisted", "unlisted"),
    ],
)  # fmt: skip
def test_organisational_domain(domain: str, expected: str) -> None:
    assert organisational_domain(_RULES, domain) == expected


@pytest.mark.parametrize(
    ("author", "spf", "status", "domain", "policy"),
    [
        # RFC 7489, 6.6.3: without a record of its own, that of the organisational domain counts, with its sp
        ("a.org.test", "other.test", "quarantine", "org.test", "quarantine"),
        ("a.plain.test", "other.test", "reject", "plain.test", "reject"),
        ("own.org.test", "other.test", "none", "own.org.test", "none"),
        ("nothing.test", "other.test", "norecord", "nothing.test", ""),
        # 3.1.2: relaxed alignment is by organisational domain, strict by the domain itself
        ("a.org.test", "b.org.test", "accept", "org.test", "quarantine"),
        ("strict.test", "strict.test", "accept", "strict.test", "reject"),
        ("strict.test", "a.strict.test", "reject", "strict.test", "reject"),
        ("a.strict.test", "strict.test", "reject", "strict.test", "reject"),
        ("x.co.test", "y.co.test", "none", "x.co.test", "none"),
    ],
)
def test_evaluation(author: str, spf: str, status: str, domain: str, policy: str) -> None:
    dns = RecordedDns(parse_zone_text(_ZONE))
    for by_spf in (True, False):
        outcome = evaluate(
            dns, _RULES, author, Identity(spf if by_spf else "", by_spf), [Identity(spf, not by_spf)]
        )
        assert (outcome.status, outcome.domain, outcome.policy) == (status, domain, policy)
        assert outcome.spf_aligned == (by_spf and status == "accept")
        assert outcome.dkim_aligned == (not by_spf and status == "accept")


def test_without_fall_back() -> None:
    outcome = evaluate(
        RecordedDns(parse_zone_text(_ZONE)), _RULES, "a.org.test", Identity("", False), [], falls_back=False
    )
    assert outcome == ("norecord", "a.org.test", "", None, False, False)


def test_packaged_list() -> None:
    pytest.importorskip("publicsuffixlist")
    rules = rules_of(packaged_list())
    found = [
        organisational_domain(rules, name) for name in ("a.b.co.uk", "x.example.com", "www.ck", "a.b.c.ck")
    ]
    assert found == ["b.co.uk", "example.com", "www.ck", "b.c.ck"]
