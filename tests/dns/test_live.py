"""The live resolver against a name server that gives recorded answers: both must give the same."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from own_network import needs_own_network, run
from recorded_run import HERE, WholeDns, read

from eximconf.dns.live import candidates
from eximconf.dns.resolv_conf import ResolvConf, parse_resolv_conf
from eximconf.dns.zone_text import parse_zone_text
from eximconf.runtime.dns_answer import DnsOptions

OTHERS = ["A", "AAAA", "MX", "TXT", "TYPE65280"]


def questions() -> list[str]:
    lines = parse_zone_text(read("live.zone")).lines
    names = list(dict.fromkeys(line.name.replace("*", "x") for line in lines))
    kinds = {name: [line.kind for line in lines if line.name == name and line.kind != "*"] for name in names}
    asked = [(name, kind) for name in names for kind in dict.fromkeys([*kinds.get(name, []), *OTHERS])]
    return [f"{name} {kind}" for name, kind in asked if name != "slow.example" or kind == "A"]


def test_live_and_recorded_answers_are_the_same() -> None:
    needs_own_network()
    pytest.importorskip("dns.message")
    output, errors = run(
        [sys.executable, str(HERE / "live_questions.py")],
        read("live.zone"),
        "".join(f"{question}\n" for question in questions()),
    )
    text = parse_zone_text(read("live.zone"))
    assert not text.faults
    recorded = WholeDns(text)
    answers = [recorded.query(*question.split()) for question in questions()]
    wanted = [ascii(replace(answer, reason="", seconds=float(answer.seconds > 0.9))) for answer in answers]
    assert list(zip(questions(), output.splitlines(), strict=True)) == list(zip(questions(), wanted, strict=True)), errors


@pytest.mark.parametrize(
    ("text", "conf"),
    [
        ("", ResolvConf()),
        ("nameserver 192.0.2.1\nnameserver ::1\n", ResolvConf(("192.0.2.1", "::1"))),
        ("domain a.example\nsearch b.example c.example\n", ResolvConf(search=("b.example", "c.example"))),
        ("options timeout:1 attempts:9 ndots:2 trust-ad edns0 timeout:x",
         ResolvConf(timeout=1, attempts=5, ndots=2, edns0=True, trust_ad=True)),
        ("nameserver\noptions\nsearch\n# x\nnameserver 1\nnameserver 2\nnameserver 3\nnameserver 4",
         ResolvConf(("1", "2", "3"))),
    ],
)  # fmt: skip
def test_resolv_conf(text: str, conf: ResolvConf) -> None:
    assert parse_resolv_conf(text) == conf


@pytest.mark.parametrize(
    ("name", "single", "parents", "names"),
    [
        ("host", False, False, ["host"]),
        ("host", True, False, ["host.one.example", "host"]),
        ("host", True, True, ["host.one.example", "host.two.example", "host"]),
        ("a.b", True, False, ["a.b"]),
        ("a.b", False, True, ["a.b", "a.b.one.example", "a.b.two.example"]),
        ("a.b.", True, True, ["a.b."]),
    ],
)
def test_short_names_are_completed(name: str, single: bool, parents: bool, names: list[str]) -> None:
    options = DnsOptions(qualify_single=single, search_parents=parents)
    conf = ResolvConf(search=("one.example", "two.example"))
    assert [name for name, _ in candidates(name, options, conf)] == names
