"""The DNS out of recorded text: every answer is one that somebody wrote down.

A name that has a record in any line is known whole: for another type it gives "no data". A name below a
recorded SOA, or in a zone that is given whole, that has no line does not exist. Any other question is not
recorded: it gets "try again", and is kept in `RecordedDns.missing` with the lines that would answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from eximconf.dns.names import canonical, labels_of, name_of, parents
from eximconf.dns.rdata import is_kind
from eximconf.dns.zone_text import EVERY_KIND, UNTIL_RETRIES_END, RecordedLine, ZoneText
from eximconf.match.ip import parse_address
from eximconf.runtime.dns_answer import PLAIN_OPTIONS, DnsAnswer, DnsOptions, DnsRecord, DnsStatus

NOT_RECORDED = "not recorded"
_LONGEST_CHAIN = 12
_MOST_KEPT = 4096
"""Answers that are kept as they were put together."""
_RETRANS = 5
_RETRY = 2

_EXAMPLES = {
    "A": "192.0.2.1",
    "AAAA": "2001:db8::1",
    "CNAME": "other.example.",
    "MX": "10 mx.example.",
    "NS": "ns.example.",
    "PTR": "host.example.",
    "SOA": "ns.example. hostmaster.example. 1 1h 15m 1w 1h",
    "SRV": "0 0 25 host.example.",
    "TLSA": "3 1 1 00ff",
    "TXT": '"text"',
    "SPF": '"text"',
    "CAA": '0 "issue" "ca.example"',
}


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """A question that no line answers."""

    name: str
    kind: str

    @property
    def message(self) -> str:
        """What is missing, and what to write."""
        first, second = self.lines
        return f"DNS: {self.kind} of {self.name} is not recorded; write {first}   or   {second}"

    @property
    def lines(self) -> tuple[str, str]:
        """Two lines of zone text, either of which would answer: with a record (the data is only an
        example), and without."""
        owner = _address_of(self.name) if self.kind == "PTR" else None
        owner = owner or f"{self.name}."
        example = _EXAMPLES.get(self.kind, "\\# 0")
        return f"{owner} {self.kind} {example}", f"{owner} {self.kind} NXDOMAIN"


@dataclass(frozen=True, slots=True)
class _Found:
    """What the lines say about one name and one type; *alias*: the CNAME to follow."""

    status: DnsStatus
    records: tuple[DnsRecord, ...] = ()
    alias: str | None = None
    authenticated: bool = False
    authoritative: bool = False
    seconds: float = 0.0
    reason: str = ""


class RecordedDns:
    """A `Dns` service that answers from *texts*.

    *wait* is told the seconds that each answer takes, so that a session's clock can go on.
    """

    def __init__(self, *texts: ZoneText, wait: Callable[[float], None] | None = None) -> None:
        self._missing: dict[NotRecorded, None] = {}
        self._given: dict[tuple[str, str, DnsOptions], DnsAnswer] = {}
        self._wait = wait
        self._names: dict[str, dict[str, list[RecordedLine]]] = {}
        self._above: set[str] = set()
        self._zones = {text.origin for text in texts if text.origin is not None}
        for text in texts:
            for line in text.lines:
                self._add(line)

    @property
    def missing(self) -> list[NotRecorded]:
        """The questions so far that no line answers, each once."""
        return list(self._missing)

    def query(self, name: str, kind: str, options: DnsOptions = PLAIN_OPTIONS) -> DnsAnswer:
        """The recorded answer; see `Dns.query`."""
        question = (name, kind, options)
        answer = self._given.get(question)
        if answer is None:
            if canonical(name) is None or not is_kind(kind):
                return DnsAnswer(DnsStatus.FAIL, reason="no name or type that can be sent")
            answer = self._chain(name_of(labels_of(name) or ()), kind, options)
            if answer.reason != NOT_RECORDED and len(self._given) < _MOST_KEPT:
                self._given[question] = answer
        if self._wait is not None and answer.seconds:
            self._wait(answer.seconds)
        return answer

    def _add(self, line: RecordedLine) -> None:
        if line.name not in self._names:
            self._above.update(parents(line.name))
        self._names.setdefault(line.name, {}).setdefault(line.kind, []).append(line)
        if line.kind == "SOA" and line.record is not None:
            self._zones.add(line.name)

    def _chain(self, name: str, kind: str, options: DnsOptions) -> DnsAnswer:
        """Follow CNAMEs from *name* to an answer. Records get the name as it was asked for, in its capitals."""
        records: list[DnsRecord] = []
        authenticated = authoritative = True
        seconds = 0.0
        for _ in range(_LONGEST_CHAIN):
            owner = name.lower()
            found = self._find(owner, kind)
            seconds += _duration(found.seconds, options)
            authenticated &= found.authenticated
            authoritative &= found.authoritative
            records += (record._replace(name=name) for record in found.records)
            if found.alias is None:
                break
            name = found.alias
        else:
            return DnsAnswer(DnsStatus.AGAIN, seconds=seconds, reason="CNAME loop")
        status, reason = found.status, found.reason
        if status is DnsStatus.NO_DATA and records:
            status, reason = DnsStatus.SUCCESS, ""  # an alias is an answer, whatever it leads to
        authority = tuple(self._authority(owner, found))
        return DnsAnswer(status, tuple(records), authority, authenticated, authoritative, seconds, reason)

    def _find(self, owner: str, kind: str) -> _Found:
        kinds = self._kinds(owner)
        if kinds is None:
            return self._unknown(owner, kind)
        lines = kinds.get(kind, ())
        for line in (*lines, *kinds.get(EVERY_KIND, ())):
            if line.record is None and (line.kind == kind or not lines):
                return _without_record(line)
        if lines:
            return _with_records(lines)
        aliases = kinds.get("CNAME", ())
        for line in aliases:
            if line.record is not None:
                return _with_records([line], str(line.record.data))
        if any(line.record is not None for known in kinds.values() for line in known):
            return _Found(DnsStatus.NO_DATA, reason="NODATA")
        return self._unknown(owner, kind)

    def _kinds(self, owner: str) -> dict[str, list[RecordedLine]] | None:
        """The lines for *owner*, those of a wildcard above it if it has none. RFC 4592."""
        kinds = self._names.get(owner)
        if kinds is not None:
            return kinds
        for parent in parents(owner):
            kinds = self._names.get(f"*.{parent}")
            if kinds is not None or parent in self._names or parent in self._above:
                return kinds
        return None

    def _unknown(self, owner: str, kind: str) -> _Found:
        """For a name without a line: it does not exist if its zone is known."""
        if self._zone_of(owner) is None:
            self._missing[NotRecorded(owner, kind)] = None
            return _Found(DnsStatus.AGAIN, reason=NOT_RECORDED)
        if owner in self._above:
            return _Found(DnsStatus.NO_DATA, reason="NODATA")
        return _Found(DnsStatus.NO_DOMAIN, reason="NXDOMAIN")

    def _zone_of(self, owner: str) -> str | None:
        for name in (owner, *parents(owner)):
            if name in self._zones:
                return name
        return "" if "" in self._zones else None

    def _authority(self, owner: str, found: _Found) -> Iterator[DnsRecord]:
        """The NS records of the zone of *owner* beside records, its SOA beside none."""
        if found.status.broken:
            return
        kind = "NS" if found.records else "SOA"
        for name in (owner, *parents(owner)):
            records = [line.record for line in self._names.get(name, {}).get(kind, ()) if line.record]
            if records:
                yield from records
                return


def _with_records(lines: Sequence[RecordedLine], alias: str | None = None) -> _Found:
    return _Found(
        DnsStatus.SUCCESS,
        tuple(line.record for line in lines if line.record is not None),
        alias,
        all(line.authenticated for line in lines),
        all(line.authoritative for line in lines),
        max((line.seconds for line in lines), default=0.0),
    )


def _without_record(line: RecordedLine) -> _Found:
    return _Found(
        line.status,
        authenticated=line.authenticated,
        authoritative=line.authoritative,
        seconds=line.seconds,
        reason=line.reason,
    )


def _duration(seconds: float, options: DnsOptions) -> float:
    if seconds != UNTIL_RETRIES_END:
        return seconds
    return float((options.retrans or _RETRANS) * (options.retry or _RETRY))


def _address_of(name: str) -> str | None:
    """The IP address that a reverse name stands for."""
    if name.endswith(".in-addr.arpa"):
        text = ".".join(reversed(name[:-13].split(".")))
    elif name.endswith(".ip6.arpa"):
        digits = name[:-9].split(".")[::-1]
        text = ":".join("".join(digits[at : at + 4]) for at in range(0, len(digits), 4))
    else:
        return None
    return text if parse_address(text) is not None else None
