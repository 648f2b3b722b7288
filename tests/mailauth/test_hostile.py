"""Input that is made to take long: the work stays small, and the answer is a plain one."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from eximconf.mailauth.arc.verify import tags_of
from eximconf.mailauth.dkim.canonical import canonical_body
from eximconf.mailauth.dkim.signature import parse_signature
from eximconf.mailauth.dkim.verify import TooManySignatures, verify_message
from eximconf.mailauth.dmarc.record import parse_record
from eximconf.mailauth.spf.check import Query, check_host
from eximconf.match.ip import Address
from eximconf.runtime.dns_answer import DnsAnswer, DnsRecord, DnsStatus, Mx

_CLIENT = Address(4, 0xC0000201)
_SECONDS = 5.0
"""Far above what any of these takes, and far below what they took without a bound."""


class Endless:
    """A DNS where every name has the same TXT record, ten MX and hundreds of other records."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.questions = 0

    def query(self, name: str, kind: str) -> DnsAnswer:
        self.questions += 1
        many: list[DnsRecord] = []
        match kind:
            case "TXT":
                many = [DnsRecord(name, kind, 1, (self.text,))]
            case "MX":
                many = [DnsRecord(name, kind, 1, Mx(1, f"m{n}.t.test")) for n in range(10)]
            case "PTR":
                many = [DnsRecord(name, kind, 1, f"m{n}.t.test") for n in range(300)]
            case _:
                many = [DnsRecord(name, kind, 1, f"10.0.0.{n % 250}") for n in range(300)]
        return DnsAnswer(DnsStatus.SUCCESS, tuple(many))


@contextmanager
def _soon() -> Iterator[None]:
    start = time.monotonic()
    yield
    assert time.monotonic() - start < _SECONDS


@pytest.mark.parametrize(
    ("record", "result", "most"),
    [
        ("v=spf1 include:t.test -all", "permerror", 11), ("v=spf1 redirect=t.test", "permerror", 11),
        ("v=spf1 " + "mx " * 500, "permerror", 111), ("v=spf1 " + "ptr " * 500, "permerror", 12),
        ("v=spf1 exists:" + "%{p}." * 100 + "x.test", "pass", 13), ("v=spf1 " + "ip4:1.2.3.4 " * 5000, "neutral", 1),
        ("v=spf1 a:" + "%{s}" * 15000 + ".test", "neutral", 2), ("v=spf1 a" + "/" * 60000, "permerror", 1),
    ],
    ids=["include", "redirect", "mx", "ptr", "names", "networks", "macros", "slashes"],
)  # fmt: skip
def test_spf(record: str, result: str, most: int) -> None:
    dns = Endless(record)
    with _soon():
        outcome = check_host(dns, Query(_CLIENT, "a" * 2000 + "@t.test", "h.test"))
    assert outcome.result == result
    assert dns.questions <= most


@pytest.mark.parametrize("text", ["a" * 10**6, ";a" * 500000, "a=" * 500000, " \t" * 500000, "b=;" * 300000])
def test_tags(text: str) -> None:
    with _soon():
        assert parse_signature(f"DKIM-Signature:{text}") is None
        assert tags_of(f"ARC-Seal:{text}").get("i") is None
        assert parse_record(f"v=DMARC1;{text[:200000]}").p == ""


def test_thousand_signatures() -> None:
    line = "DKIM-Signature: v=1; a=rsa-sha256; d=t.test; s=s; h=from; bh=AAAA; b=AAAA\n"
    dns = Endless("p=AAAA")
    with pytest.raises(TooManySignatures):
        verify_message([line] * 1000, "body\n", dns)
    assert dns.questions == 0


def test_names_and_lines_without_end() -> None:
    digest = base64.b64encode(hashlib.sha256(b"body\r\n").digest()).decode()
    names = ":".join("x" * 100000)
    line = f"DKIM-Signature: v=1; a=rsa-sha256; d=t.test; s=s; h={names}; bh={digest}; b=AAAA\n"
    with _soon():
        found = verify_message([line] * 19 + ["X: a\n"] * 100000, "body\n", Endless("p=AAAA"))
    assert [one.status for one in found] == ["invalid"] * 19


@pytest.mark.parametrize("relaxed", [True, False])
@pytest.mark.parametrize("make", [lambda: (" " * 1000 + "x") * 2000, lambda: " " * 10**6, lambda: "\n" * 10**6])
def test_white_space(make: Callable[[], str], relaxed: bool) -> None:
    with _soon():
        assert len(canonical_body(make(), relaxed)) < 3 * 10**6
