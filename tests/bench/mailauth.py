"""How many senders and messages are judged in a second, beside pyspf, dkimpy and authheaders on the same answers.

``python tests/bench/mailauth.py``. All of them are given the same recorded DNS; theirs are left out where they are
not installed.
"""

from __future__ import annotations

import subprocess
import time
from base64 import b64encode
from collections.abc import Callable

from eximconf.dns.recorded import RecordedDns
from eximconf.dns.zone_text import parse_zone_text
from eximconf.lookup.psl import Rules
from eximconf.mailauth.dkim.verify import verify_message
from eximconf.mailauth.dmarc.evaluate import Identity, evaluate
from eximconf.mailauth.dns import texts
from eximconf.mailauth.spf.check import Query, check_host
from eximconf.match.ip import Address

ZONE = """
example.com.       TXT "v=spf1 include:_spf.example.com mx a:mail.example.com ip4:192.0.2.0/28 -all"
_spf.example.com.  TXT "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/24 ?all"
example.com.       MX 10 mx.example.com.
mx.example.com.    A 192.0.2.200
mail.example.com.  A 192.0.2.201
_dmarc.example.com. TXT "v=DMARC1; p=reject; sp=quarantine; adkim=r; aspf=r; rua=mailto:agg@example.com"
"""
MESSAGE = "From: a@example.com\nTo: b@example.com\nSubject: x\nDate: Thu, 26 Nov 2026 10:00:00 +0000\n\n" + "a line\n" * 50


def rate(run: Callable[[], object], seconds: float = 1.0) -> float:
    """Runs of *run* in a second."""
    run()
    count, start = 0, time.perf_counter()
    while (taken := time.perf_counter() - start) < seconds:
        run()
        count += 1
    return count / taken


def show(name: str, ours: float, theirs: float | None, who: str) -> None:
    beside = "" if theirs is None else f"   {who} {theirs:10.0f}/s   {ours / theirs:6.1f} times"
    print(f"{name:24} {ours:10.0f}/s{beside}")


def spf(dns: RecordedDns) -> None:
    query = Query(Address(4, 0xC0000201), "a@example.com", "mx.example.com")
    assert check_host(dns, query).result == "pass"
    show("SPF, 4 questions", rate(lambda: check_host(dns, query)), _pyspf(dns), "pyspf")


def _pyspf(dns: RecordedDns) -> float | None:
    try:
        import spf as pyspf
    except ImportError:
        return None

    def look_up(name: str, kind: str, *_rest: object, **_options: object) -> list[object]:
        found = []
        for record in dns.query(name, kind).of(kind):
            data = record.data
            if kind == "TXT":
                data = tuple(str(part).encode() for part in record.data)
            elif kind == "MX":
                data = tuple(record.data)
            found.append(((name, kind), data))
        return found

    pyspf.DNSLookup = look_up
    assert pyspf.check2("192.0.2.1", "a@example.com", "mx.example.com")[0] == "pass"
    return rate(lambda: pyspf.check2("192.0.2.1", "a@example.com", "mx.example.com"))


def dmarc(dns: RecordedDns) -> None:
    rules = Rules("com\n")
    nobody = Identity("", False)
    assert evaluate(dns, rules, "example.com", nobody, []).status == "reject"
    ours = rate(lambda: evaluate(dns, rules, "example.com", nobody, []))
    show("DMARC, nothing passed", ours, _authheaders(dns), "authheaders")


def _authheaders(dns: RecordedDns) -> float | None:
    try:
        from authheaders import check_dmarc
    except ImportError:
        return None

    def answer(name: str, timeout: int = 5) -> str:
        return "".join(texts(dns.query(name, "TXT"))[:1])

    message = MESSAGE.encode()
    return rate(lambda: check_dmarc(message, None, None, answer))


def dkim() -> None:
    key = _run("openssl", "genrsa", "-traditional", "2048")
    public = b64encode(_run("openssl", "rsa", "-pubout", "-outform", "DER", text=key)).decode()
    record = f"v=DKIM1; p={public}"
    zone = f'sel._domainkey.example.com. TXT "{record[:200]}" "{record[200:]}"\n'
    dns = RecordedDns(parse_zone_text(zone))
    try:
        import dkim as dkimpy
    except ImportError:
        print("DKIM: needs dkimpy to sign")
        return
    octets = MESSAGE.replace("\n", "\r\n").encode()
    line = dkimpy.sign(octets, b"sel", b"example.com", key, canonicalize=(b"relaxed", b"relaxed"))
    signed = line + octets
    head, _, body = signed.decode("latin-1").replace("\r\n", "\n").partition("\n\n")
    lines = [f"{one}\n" for one in head.replace("\n ", "\0 ").split("\n")]
    lines = [one.replace("\0", "\n") for one in lines]
    assert [one.status for one in verify_message(lines, body, dns)] == ["pass"]
    theirs = rate(lambda: dkimpy.verify(signed, dnsfunc=lambda *_a, **_k: record.encode()))
    show("DKIM, rsa-sha256, 2048", rate(lambda: verify_message(lines, body, dns)), theirs, "dkimpy")


def _run(*command: str, text: bytes = b"") -> bytes:
    return subprocess.run(command, input=text, capture_output=True, check=True).stdout


def main() -> None:
    dns = RecordedDns(parse_zone_text(ZONE))
    spf(dns)
    dmarc(dns)
    dkim()


if __name__ == "__main__":
    main()
