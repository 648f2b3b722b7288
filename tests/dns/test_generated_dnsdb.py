"""Random queries of dnsdb, asked of a real Exim 4.100-dev and of ours: types, separators, modifiers, lists of names."""

from __future__ import annotations

from random import Random

import pytest
from own_network import ask, needs_own_network, needs_version
from recorded_run import RecordedRun, read

from eximconf.expand.dynamic import expand_string
from eximconf.runtime.outcome import Outcome

TYPES = (
    "a",
    "aaaa",
    "a+",
    "mx",
    "mxh",
    "txt",
    "spf",
    "srv",
    "tlsa",
    "soa",
    "ns",
    "zns",
    "ptr",
    "cname",
    "csa",
    "",
)
MODIFIERS = (
    "defer_strict", "defer_lax", "defer_never", "dnssec_strict", "dnssec_lax", "dnssec_never", "retrans_1s", "retry_1",
    "Defer_Never",
)  # fmt: skip
SEPARATORS = ("", "", "", ">:", ">;", ">, ", ">|,", ">|,:", ">|;", ">|,;", "> ", "> ,", ">\\n")
OTHERS = (
    "soft.example",
    "nosuch.example",
    "gone.example",
    "192.0.2.99",
    "<",
    "",
    "a.b.zone.example",
    "A.EXAMPLE.",
)
SPACES = ("", "", "", " ", "  ")


def query(random: Random, names: list[str]) -> str:
    wanted = random.choices(names, k=random.choice((1, 1, 1, 2, 3)))
    separator = random.choice((":", ":", ";"))
    listed = separator.join(random.choice(SPACES) + name for name in wanted)
    if separator == ";":
        listed = "<;" + listed
    modifiers = [
        random.choice(MODIFIERS) + random.choice(SPACES) for _ in range(random.choice((0, 0, 1, 2)))
    ]
    kind = random.choice(TYPES)
    kind = (
        f"{random.choice((kind, kind.upper()))}{random.choice(SPACES)}={random.choice(SPACES)}"
        if kind
        else ""
    )
    before = ",".join([*modifiers, kind]) if modifiers else kind
    return random.choice(SEPARATORS) + random.choice(SPACES) + before + listed


def expansion(text: str) -> str:
    return f"${{escape:${{lookup dnsdb{{{text}}}{{<$value>}}{{NONE}}}}}} $lookup_dnssec_authenticated"


def ours(text: str, run: RecordedRun) -> str:
    try:
        return expand_string(expansion(text), run.ctx)
    except Outcome as error:
        return f"Failed: {error.message}"


@pytest.mark.parametrize("seed", range(3))
def test_as_a_real_exim(seed: int, real_exim: str) -> None:
    needs_own_network()
    needs_version(real_exim, "4.99")
    zone = read("dnsdb.zone")
    names = sorted(
        {line.split()[0].removesuffix(".") for line in zone.splitlines() if line.strip()}
    ) + list(OTHERS)
    random = Random(seed)
    queries = [query(random, names) for _ in range(250)]
    output = ask(real_exim, zone, "", ["-be"], "".join(f"{expansion(one)}\n" for one in queries))[0]
    theirs = [line.removeprefix("> ") for line in output.split("\n")]
    run = RecordedRun("dnsdb.zone")
    results = [(one, seen, ours(one, run)) for one, seen in zip(queries, theirs, strict=False)]
    assert len(results) == len(queries)
    assert [result for result in results if result[1] != result[2]] == []
