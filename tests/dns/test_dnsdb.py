"""Queries of dnsdb: what a real Exim 4.100-dev gives (``dnsdb.out``), and what ours does."""

from __future__ import annotations

import pytest
from own_network import ask, needs_own_network, needs_version
from recorded_run import HERE, RecordedRun, cases, read

from eximconf.expand.dynamic import expand_string
from eximconf.runtime.outcome import Outcome
from tests.conftest import Golden

QUERIES = cases("dnsdb.in")


def expansion(query: str) -> str:
    return f"${{escape:${{lookup dnsdb{{{query}}}{{<$value>}}{{NONE}}}}}} $lookup_dnssec_authenticated"


def written(results: list[str]) -> str:
    return "".join(f"{query} => {result}\n" for query, result in zip(QUERIES, results, strict=True))


def test_same_as_seen() -> None:
    ctx = RecordedRun("dnsdb.zone").ctx
    results = []
    for query in QUERIES:
        try:
            results.append(expand_string(expansion(query), ctx))
        except Outcome as error:
            results.append(f"Failed: {error.message}")
    assert written(results) == read("dnsdb.out")


def test_real_exim_gives_what_was_seen(real_exim: str, golden: Golden) -> None:
    needs_own_network()
    needs_version(real_exim, "4.99")
    lines = "".join(f"{expansion(query)}\n" for query in QUERIES)
    output = ask(real_exim, read("dnsdb.zone"), "", ["-be"], lines)[0]
    results = [line.removeprefix("> ") for line in output.split("\n")][: len(QUERIES)]
    golden(HERE / "dnsdb.out", written(results))


@pytest.mark.parametrize(
    ("query", "lifetime"), [("a=a.example", 60), ("a=b.example:a.example", 60), ("a=gone.example", None)]
)
def test_lifetime_is_that_of_the_shortest_record(query: str, lifetime: float | None) -> None:
    from eximconf.dns.dnsdb import look_up_records

    assert look_up_records(RecordedRun("dnsdb.zone").ctx, query).lifetime == lifetime
