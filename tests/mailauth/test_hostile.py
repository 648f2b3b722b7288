"""Input that is made to take long: the work stays small, and the answer is a plain one."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from played import SESSIONS

from eximconf.lookup.psl import Rules
from eximconf.mailauth.arc.verify import tags_of, verify_chain
from eximconf.mailauth.dkim.canonical import canonical_body
from eximconf.mailauth.dkim.private_key import read_private_key
from eximconf.mailauth.dkim.signature import parse_signature
from eximconf.mailauth.dkim.signed_line import Request, hashes_for_signing, signature_line
from eximconf.mailauth.dkim.verify import TooManySignatures, verify_message
from eximconf.mailauth.dmarc.evaluate import Identity, evaluate
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


@pytest.mark.parametrize(
    "text", ["a" * 10**6, ";a" * 500000, "a=" * 500000, " \t" * 500000, "b=;" * 300000]
)
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
@pytest.mark.parametrize(
    "make", [lambda: (" " * 1000 + "x") * 2000, lambda: " " * 10**6, lambda: "\n" * 10**6]
)
def test_white_space(make: Callable[[], str], relaxed: bool) -> None:
    with _soon():
        assert len(canonical_body(make(), relaxed)) < 3 * 10**6


class _Looping:
    """A DNS where each name is an alias of the next one, without end, and says so after a while."""

    def __init__(self) -> None:
        self.questions = 0

    def query(self, name: str, kind: str) -> DnsAnswer:
        self.questions += 1
        return DnsAnswer(DnsStatus.AGAIN, reason="loop")


def test_aliases_in_circles() -> None:
    dns = _Looping()
    assert check_host(dns, Query(_CLIENT, "a@t.test", "h.test")).result == "temperror"
    signature = (
        "DKIM-Signature: v=1; a=rsa-sha256; d=t.test; s=s; h=from; bh=" + _digest("body\r\n") + "; b=AAAA\n"
    )
    assert [one.status for one in verify_message([signature], "body\n", dns)] == ["invalid"]
    assert evaluate(dns, Rules("test\n"), "a.b.c.t.test", Identity("", False), []).status == "norecord"
    assert dns.questions <= 4


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _set(number: int, more: str = "") -> list[str]:
    tags = f"i={number}; a=rsa-sha256; d=t.test; s=s; b=AAAA; bh={_digest('body')}; h=from{more}"
    return [
        f"ARC-Seal: cv=pass; {tags}\n",
        f"ARC-Message-Signature: {tags}\n",
        f"ARC-Authentication-Results: i={number}; x\n",
    ]


@pytest.mark.parametrize(
    ("count", "more", "reason"),
    [
        (1000, "", "collecting headers: inserting AS: overlarge instance number"),
        (50, ":from" * 20000, "AMS body hash miscompare"), (50, "", "AMS body hash miscompare"),
    ],
)  # fmt: skip
def test_chains(count: int, more: str, reason: str) -> None:
    dns = Endless("p=AAAA")
    with _soon():
        chain = verify_chain([line for n in range(1, count + 1) for line in _set(n, more)], "other\n", dns)
    assert (chain.state, chain.reason) == ("fail", reason)
    assert dns.questions == 0


def test_chain_that_asks_for_each_set() -> None:
    dns = Endless("p=AAAA")
    with _soon():
        chain = verify_chain([line for n in range(1, 51) for line in _set(n)], "body", dns)
    assert chain.state == "fail"
    assert dns.questions <= 1


@pytest.mark.parametrize("size", [200_000])
def test_dmarc_records(size: int) -> None:
    rua = ",".join(f"mailto:a{n}@b.test" for n in range(size // 20))
    for text in (
        f"v=DMARC1; p=none; rua={rua}",
        "v=DMARC1; p=none; " + "fo=1:d:s; " * (size // 10),
        "v=DMARC1;" * (size // 9),
    ):
        dns = Endless(text)
        with _soon():
            evaluate(
                dns, Rules("test\n"), "t.test", Identity("", False), [Identity("t.test", False)] * 1000
            )
        assert dns.questions <= 1


def test_many_labels() -> None:
    dns = Endless("x")
    with _soon():
        outcome = evaluate(dns, Rules("test\n"), ".".join(["a"] * 50000), Identity("", False), [])
    assert outcome.status == "norecord"
    assert dns.questions <= 2


def test_signing_bombs() -> None:
    key = read_private_key((SESSIONS.parent / "signing" / "ed25519.pem").read_text())
    headers = [f"X-{n % 700}: {'a ' * 50}\n" for n in range(100_000)]
    names = ":".join(f"+X-{n}" for n in range(700))
    with _soon():
        line = signature_line(
            Request("t.test", "s", names=names), key, headers, hashes_for_signing("\n" * 10**6)
        )
        assert (
            signature_line(Request("t" * 10**6, "s"), key, headers, hashes_for_signing(" " * 10**6)).count(
                "\n"
            )
            > 10000
        )
    assert line.startswith("DKIM-Signature: v=1; a=ed25519-sha256;")
