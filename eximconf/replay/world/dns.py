"""The DNS of a session: its zone text, whole zones, and what is said of the client's name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from eximconf.config.load import read_octets
from eximconf.dns.names import canonical
from eximconf.dns.recorded import NOT_RECORDED, RecordedDns
from eximconf.dns.zone_text import ZoneText, parse_zone_text
from eximconf.replay.world.clock import RecordedClock
from eximconf.replay.world.ledger import Ledger
from eximconf.runtime.dns_answer import PLAIN_OPTIONS, DnsAnswer, DnsOptions
from eximconf.runtime.services import Dns


class SessionDns:
    """A `Dns` service. What is said later takes the place of what was said before about a name and type."""

    def __init__(self, folder: str, clock: RecordedClock, ledger: Ledger, live: Dns | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._ledger = ledger
        self._live = live
        self._texts: list[ZoneText] = []
        self._zones: dict[str, ZoneText] = {}
        self._client = ""
        self._recorded: RecordedDns | None = None
        self._known_missing = 0

    def record(self, text: Any) -> None:
        """Take zone text, or the file that has it."""
        self._texts.append(_parsed(self._text(text), None))
        self._recorded = None

    def record_zones(self, zones: Mapping[str, Any]) -> None:
        """Take whole zones by name."""
        for origin, text in zones.items():
            self._zones[canonical(origin) or ""] = _parsed(self._text(text), origin)
        self._recorded = None

    def name_client(self, address: str, rdns: Any) -> None:
        """Take what a session says of the names of its client; None for nothing."""
        self._client = "" if rdns is None else _client_lines(address, [rdns] if isinstance(rdns, str) else rdns)
        self._recorded = None

    def _text(self, value: Any) -> str:
        return value if isinstance(value, str) else read_octets(os.path.join(self._folder, value["file"]))

    def query(self, name: str, kind: str, options: DnsOptions = PLAIN_OPTIONS) -> DnsAnswer:
        recorded = self._recorded or self._build()
        answer = recorded.query(name, kind, options)
        if answer.reason != NOT_RECORDED:
            self._ledger.use("DNS", f"{kind} of {name}")
            return answer
        if self._live is not None:
            return self._live.query(name, kind, options)
        for one in recorded.missing[self._known_missing :]:
            self._ledger.miss(f"DNS: {one.kind} of {one.name} is not recorded", "dns", *one.lines)
        self._known_missing = len(recorded.missing)
        return answer

    def _build(self) -> RecordedDns:
        texts = [parse_zone_text(self._client), *self._texts] if self._client else self._texts
        kept: list[ZoneText] = []
        known: set[tuple[str, str]] = set()
        for text in reversed(texts):
            kept.append(replace(text, lines=tuple(line for line in text.lines if (line.name, line.kind) not in known)))
            known |= {(line.name, line.kind) for line in text.lines}
        self._known_missing = 0
        self._recorded = RecordedDns(*kept, *self._zones.values(), wait=self._clock.wait)
        return self._recorded


@lru_cache(maxsize=64)
def _parsed(text: str, origin: str | None) -> ZoneText:
    return parse_zone_text(text, origin)


def _client_lines(address: str, names: list[str]) -> str:
    if names == ["none"]:
        return f"{address} PTR NXDOMAIN\n"
    if names == ["defer"]:
        return f"{address} PTR SERVFAIL\n"
    kind = "AAAA" if ":" in address else "A"
    return "".join(f"{address} PTR {name}.\n{name}. {kind} {address}\n" for name in names)
