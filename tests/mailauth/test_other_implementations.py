"""Verdicts beside those of pyspf and dkimpy, on the same generated input and the same answers of the DNS. (authheaders
takes sp= for the domain of the record itself, so that it is nobody to compare DMARC with: libopendmarc, in a real Exim, is.)
"""

from __future__ import annotations

import random
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from eximconf.dns.recorded import RecordedDns
from eximconf.dns.zone_text import parse_zone_text
from eximconf.mailauth.arc.seal import seal
from eximconf.mailauth.arc.verify import verify_chain
from eximconf.mailauth.dkim.private_key import read_private_key
from eximconf.mailauth.dkim.signed_line import Request, hashes_for_signing, signature_line
from eximconf.mailauth.dkim.verify import verify_message
from eximconf.mailauth.spf.check import Query, check_host
from eximconf.match.ip import parse_address
from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import DnsStatus, Mx

KEYS = Path(__file__).resolve().parent / "signing"
_SEEDS = range(60)


def _dns(zone: str) -> RecordedDns:
    parsed = parse_zone_text(zone)
    assert not parsed.faults, parsed.faults
    return RecordedDns(parsed)


# SPF


_MECHANISMS = [
    "all", "a", "mx", "ptr", "ip4:192.0.2.1", "ip4:192.0.2.0/24", "ip4:198.51.100.0/24", "ip6:2001:db8::/32", "a:h.test",
    "a:h.test/24", "mx:m.test", "mx:none.test", "include:pass.test", "include:fail.test", "include:none.test",
    "include:slow.test", "include:bad.test", "exists:%{i}.e.test", "exists:%{l}.%{d2}", "exists:%{ir}.e.test", "ip4:1.2.3",
    "a:%{z}.test", "redirect=pass.test", "redirect=none.test", "exp=why.test", "x-new=1", "ptr:h.test", "foo:bar",
]  # fmt: skip
_SPF_ZONE = """
top.test. A 192.0.2.7
top.test. MX 10 h.test.
h.test. A 192.0.2.1
h.test. A 192.0.2.9
m.test. MX 10 h.test.
none.test. TXT NODATA
none.test. A NODATA
none.test. MX NODATA
pass.test. TXT "v=spf1 +all"
fail.test. TXT "v=spf1 -all"
bad.test. TXT "v=spf1 ip4:999.1.1.1 -all"
slow.test. TXT SERVFAIL
why.test. TXT "because %{i}"
192.0.2.1.e.test. A 127.0.0.2
1.2.0.192.e.test. A 127.0.0.2
*.e.test. NXDOMAIN
u.top.test. A 127.0.0.2
1.2.0.192.in-addr.arpa. PTR h.test.
5.113.0.203.in-addr.arpa. NXDOMAIN
200.2.0.192.in-addr.arpa. NXDOMAIN
"""


@pytest.mark.parametrize("seed", _SEEDS)
def test_pyspf(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pyspf = pytest.importorskip("spf")
    chance = random.Random(seed)
    terms = [
        chance.choice(["", "", "+", "-", "~", "?"]) + chance.choice(_MECHANISMS)
        for _ in range(chance.randint(0, 5))
    ]
    terms = [term.lstrip("+-~?") if "=" in term else term for term in terms]
    record = " ".join(["v=spf1", *terms, *chance.choice([[], ["-all"], ["~all"]])])
    dns = _dns(f'{_SPF_ZONE}top.test. TXT "{record}"\n')
    client = chance.choice(["192.0.2.1", "192.0.2.200", "203.0.113.5"])
    monkeypatch.setattr(
        pyspf, "DNSLookup", lambda name, kind, *_rest, **_options: _for_pyspf(pyspf, dns, name, kind)
    )
    theirs = pyspf.check2(client, "u@top.test", "h.test")[0]
    address = parse_address(client)
    assert address is not None
    assert check_host(dns, Query(address, "u@top.test", "h.test")).result == theirs, record


def _for_pyspf(pyspf: Any, dns: RecordedDns, name: str, kind: str) -> list[tuple[tuple[str, str], Any]]:
    answer = dns.query(name, kind)
    if answer.status.broken:
        raise pyspf.TempError(f"DNS {answer.status}")
    if answer.status is not DnsStatus.SUCCESS:
        return []
    found = []
    for record in answer.of(kind):
        data = record.data
        if kind == "TXT":
            data = tuple(str(part).encode() for part in data)
        elif isinstance(data, Mx):
            data = (data.preference, data.exchange.removesuffix("."))
        elif kind == "PTR":
            data = str(data).removesuffix(".")
        found.append(((name, kind), data))
    return found


# DKIM and ARC


def _public(name: str) -> str:
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    key = serialization.load_pem_private_key((KEYS / f"{name}.pem").read_bytes(), None).public_key()
    octets = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k={name}; p={b64encode(octets[12:] if name == 'ed25519' else octets).decode()}"


def _zone(name: str) -> str:
    text = _public(name)
    parts = " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))
    return f"s._domainkey.a.test. TXT {parts}\n"


_LINES = ["text", "", " lead", "trail \t ", ".", "a  b\t c", "\xe9\xff", "-" * 100, "\t", "=20"]


def _message(chance: random.Random) -> tuple[list[str], str]:
    head = [
        "From: a@a.test\n",
        "To: b@b.test\n",
        "Subject:  x \n\ty  z\n",
        "Date: Mon, 05 Jan 2026 10:00:00 +0000\n",
    ]
    chance.shuffle(head)
    head += chance.choices(["X-One: a\n", "Received: by x\n", "To:  second \n"], k=chance.randint(0, 3))
    return head, "".join(f"{chance.choice(_LINES)}\n" for _ in range(chance.randint(1, 8))) + "end\n"


def _changed(chance: random.Random, head: list[str], body: str) -> tuple[list[str], str]:
    """What may become of a message on its way."""
    match chance.randint(0, 5):
        case 0:
            return [*head, "X-Added: 1\n"], body
        case 1:
            return head, body + "\n\n"
        case 2:
            return head, body.replace("end", "e  nd")
        case 3:
            return [line.replace(":", ":  ", 1) for line in head], body
        case 4:
            return [line.replace("Subject: ", "SUBJECT:") for line in head], body
    return head, body


def _octets(head: list[str], body: str) -> bytes:
    return ("".join(head) + "\n" + body).replace("\n", "\r\n").encode("latin-1")


@pytest.mark.parametrize("seed", _SEEDS)
def test_dkimpy_verifies_ours(seed: int) -> None:
    dkim = pytest.importorskip("dkim")
    chance = random.Random(seed)
    name = chance.choice(["rsa", "ed25519"])
    head, body = _message(chance)
    request = Request("a.test", "s", relaxed=chance.random() < 0.5, identity=chance.choice(["", "@a.test"]))
    key = read_private_key((KEYS / f"{name}.pem").read_text())
    line = signature_line(request, key, head, hashes_for_signing(body))
    changed, body = _changed(chance, head, body)
    record = _public(name).encode()
    theirs = dkim.verify(_octets([line, *changed], body), dnsfunc=lambda *_a, **_k: record)
    ours = verify_message([line, *changed], body, _dns(_zone(name)))
    assert (ours[0].status == "pass") == theirs


@pytest.mark.parametrize("seed", _SEEDS)
def test_ours_verifies_dkimpy(seed: int) -> None:
    dkim = pytest.importorskip("dkim")
    chance = random.Random(seed)
    head, body = _message(chance)
    signed = dkim.sign(
        _octets(head, body), b"s", b"a.test", (KEYS / "rsa.pem").read_bytes(),
        canonicalize=(chance.choice([b"simple", b"relaxed"]), chance.choice([b"simple", b"relaxed"])),
        include_headers=[b"from", b"subject", b"to"],
    )  # fmt: skip
    line = signed.decode().replace("\r\n", "\n")
    changed, body = _changed(chance, head, body)
    theirs = dkim.verify(_octets([line, *changed], body), dnsfunc=lambda *_a, **_k: _public("rsa").encode())
    ours = verify_message([line, *changed], body, _dns(_zone("rsa")))
    assert (ours[0].status == "pass") == theirs


@pytest.mark.parametrize("seed", range(12))
def test_dkimpy_believes_our_seals(seed: int) -> None:
    """Sets that we put on are good for dkimpy, and those of dkimpy for us, one above the other."""
    dkim = pytest.importorskip("dkim")
    chance = random.Random(seed)
    head, body = _message(chance)
    dns, key = _dns(_zone("rsa")), (KEYS / "rsa.pem").read_text()
    chain = "none"
    for _ in range(3):
        head = [line for line in head if not line.startswith("Authentication-Results")]
        head.insert(0, f"Authentication-Results: a.test; arc={chain}; spf=pass smtp.mailfrom=a@a.test\n")
        if chance.random() < 0.5:
            text = seal(Context(), f"<; a.test; s; {key}", head, body)
        else:
            lines = dkim.arc_sign(_octets(head, body), b"s", b"a.test", key.encode(), b"a.test")
            text = b"".join(lines).decode().replace("\r\n", "\n")
        head = [*_split(text), *head]
        chain = verify_chain(head, body, dns).state
        theirs = dkim.arc_verify(_octets(head, body), dnsfunc=lambda *_a, **_k: _public("rsa").encode())[0]
        assert (chain, theirs) == ("pass", dkim.CV_Pass)


def _split(text: str) -> list[str]:
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        if line[:1] in " \t":
            lines[-1] += line
        else:
            lines.append(line)
    return lines
