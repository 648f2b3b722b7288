"""The test suite of RFC 7208, as pyspf's source package has it (``test/rfc7208-tests.yml``)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from eximconf.runtime.dns_answer import DnsAnswer, DnsRecord, DnsStatus, Mx

_CHAIN = 10


class Case(NamedTuple):
    name: str
    helo: str
    host: str
    sender: str
    results: tuple[str, ...]
    explanation: str | None
    zone: SuiteDns


class SuiteDns:
    """What the scenario says of the DNS: records by name, ``TIMEOUT``, and TXT records made of those of SPF."""

    def __init__(self, data: Mapping[str, list[Any]]) -> None:
        self.lines = {name.lower(): entries for name, entries in data.items()}

    def query(self, name: str, kind: str) -> DnsAnswer:
        asked = name.lower().removesuffix(".")
        for _ in range(_CHAIN):
            entries = self.lines.get(asked)
            if entries is None:
                return DnsAnswer(DnsStatus.NO_DOMAIN)
            found = self._records(name, kind, entries)
            if found:
                return DnsAnswer(DnsStatus.SUCCESS, tuple(found))
            if "TIMEOUT" in entries:
                return DnsAnswer(DnsStatus.AGAIN, reason="timed out")
            alias = next((entry["CNAME"] for entry in entries if "CNAME" in entry), None)
            if alias is None:
                return DnsAnswer(DnsStatus.NO_DATA)
            asked = alias.lower().removesuffix(".")
        return DnsAnswer(DnsStatus.AGAIN, reason="loop")

    def _records(self, name: str, kind: str, entries: list[Any]) -> list[DnsRecord]:
        held = [entry for entry in entries if isinstance(entry, dict)]
        wanted = kind
        if kind == "TXT" and not any("TXT" in entry for entry in held):
            wanted = "SPF"  # the suite's own rule
        return [
            DnsRecord(name, kind, 300, _data(kind, entry[wanted]))
            for entry in held
            if wanted in entry and entry[wanted] != "NONE"
        ]


def _data(kind: str, value: Any) -> Any:
    if kind == "MX":
        return Mx(value[0], value[1].removesuffix("."))
    if kind == "TXT":
        return (value,) if isinstance(value, str) else tuple(value)
    return value


def suite_path() -> Path | None:
    """``$SPF_SUITE``; None if it is not set."""
    named = os.environ.get("SPF_SUITE")
    return Path(named) if named else None


def cases(path: Path) -> Iterator[Case]:
    import yaml

    for scenario in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        zone = SuiteDns(scenario["zonedata"])
        default = scenario.get("description", "")
        for name, test in scenario["tests"].items():
            results = test["result"]
            yield Case(
                f"{default}: {name}", test.get("helo") or "", test["host"], test.get("mailfrom") or "",
                (results,) if isinstance(results, str) else tuple(results), test.get("explanation"), zone,
            )  # fmt: skip
