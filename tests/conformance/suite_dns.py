"""The zone files of Exim's own test suite as a `Dns` service: what the fake name server of its harness says.

A folder holds ``db.<zone>`` files, ``db.ip4.…`` and ``db.ip6.…`` for reverse zones, and ``qualify.<domain>``, which
completes names of one part. A line is ``[DNSSEC ][NXDOMAIN ][AA ][DELAY=ms ][TTL=s ]owner TYPE data``; an owner left
out repeats the last one, a name without a dot at its end is in the zone, a ``*`` owner matches any beginning.
``NXDOMAIN`` marks a line whose record is not given out. ``PASS ON NOT FOUND`` makes the zone a part of the real
DNS, which is never asked here. Names that end in ``test.again.dns`` (after so many seconds as they begin with) and
``test.fail.dns`` fail softly and hard.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from eximconf.dns.names import name_of
from eximconf.dns.resolver import Resolver
from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import (
    PLAIN_OPTIONS,
    DnsAnswer,
    DnsOptions,
    DnsRecord,
    DnsStatus,
    Mx,
    RecordData,
    Soa,
    Srv,
    Tlsa,
)

_KINDS = frozenset({"A", "NS", "CNAME", "SOA", "PTR", "MX", "TXT", "AAAA", "SRV", "TLSA"})
_PREFIX = re.compile(r"(DNSSEC |NXDOMAIN |AA |DELAY=([0-9]+)\s|TTL=([0-9]+)\s)")
_OWNER = re.compile(r"(\S+)(.*)$")
_RECORD = re.compile(r"\s*([A-Za-z]+)\s+(.*)$")
_TXT = re.compile(r'"([^"]*)"?')
_NOT_FOUND = DnsAnswer(DnsStatus.NO_DOMAIN)
_NEVER_NAMED = "99.99.99.99.in-addr.arpa"  # the harness keeps this address for a search that does not end
_MOST_ADDRESSES = 2047  # of this length, in one message


@dataclass(frozen=True, slots=True)
class _Line:
    """A line. *owner* in full; *kind* is "" for a line that cannot be read, which still makes its owner exist."""

    number: int
    owner: str
    kind: str
    data: str
    secure: bool = False
    authoritative: bool = False
    hidden: bool = False
    seconds: float = 0.0
    ttl: int = 3600


@dataclass(slots=True)
class _Zone:
    """A zone file; *suffix* is the zone with a dot before it."""

    suffix: str
    by_owner: dict[str, list[_Line]] = field(default_factory=dict)
    wildcards: list[_Line] = field(default_factory=list)

    def lines(self, domain: str) -> list[_Line]:
        """The lines for *domain*, in the order of the file."""
        found = list(self.by_owner.get(domain, ()))
        found += [line for line in self.wildcards if domain.endswith(line.owner.lower()[1:])]
        return sorted(found, key=lambda line: line.number)

    def absolute(self, name: str) -> str:
        return name[:-1] if name.endswith(".") else name + self.suffix


def suite_dns(folder: str) -> SuiteDns:
    """The service for the zone files in *folder*."""
    return SuiteDns(folder)


class SuiteHosts:
    """What stands for the system's call in the harness: Exim's own look-ups, by its rules."""

    def addresses(self, ctx: Context, name: str, kind: str) -> DnsAnswer:
        return Resolver(ctx).lookup(name, kind).answer


class SuiteDns:
    """See the module. Files are read when a name in their zone is asked for."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._files: list[tuple[str, str]] = []
        self._qualify: list[str] = []
        self._zones: dict[str, _Zone] = {}
        for name in sorted(os.listdir(folder)):
            if name.startswith("qualify."):
                self._qualify.append(name[7:])
            elif name.startswith(("db.ip4.", "db.ip6.")):
                arpa = ".in-addr.arpa" if name[5] == "4" else ".ip6.arpa"
                self._files.append((name[6:] + arpa, name))
            elif name.startswith("db."):
                self._files.append((name[2:], name))

    def query(self, name: str, kind: str, options: DnsOptions = PLAIN_OPTIONS) -> DnsAnswer:
        """See `Dns.query`."""
        domain = name.rstrip(".").lower()
        if kind not in _KINDS:
            return DnsAnswer(DnsStatus.FAIL)
        if domain == "manyhome.test.ex" and kind == "A":
            return _many_homes(domain)
        if domain.endswith("test.again.dns"):
            digits = re.match("[0-9]+", domain)
            return DnsAnswer(DnsStatus.AGAIN, seconds=min(float(digits[0]), 30.0) if digits else 0.0)
        if domain == _NEVER_NAMED and kind == "PTR":
            return DnsAnswer(DnsStatus.AGAIN)
        if domain.endswith("test.fail.dns"):
            return DnsAnswer(DnsStatus.FAIL)
        for suffix in self._qualify:
            if "." not in domain and domain != "dontqualify":
                domain += suffix
        zone = self._zone_of(domain)
        return _NOT_FOUND if zone is None else _answer(zone, domain, kind)

    def _zone_of(self, domain: str) -> _Zone | None:
        for suffix, file in self._files:
            if domain == suffix[1:] or domain.endswith(suffix):
                if file not in self._zones:
                    self._zones[file] = _read_zone(os.path.join(self._folder, file), suffix)
                return self._zones[file]
        return None


def _read_zone(path: str, suffix: str) -> _Zone:
    zone = _Zone(suffix)
    with open(path, encoding="latin-1") as file:
        for line in _read_lines(file.read().split("\n"), zone):
            if line.owner.startswith("*"):
                zone.wildcards.append(line)
            else:
                zone.by_owner.setdefault(line.owner.lower(), []).append(line)
    return zone


def _read_lines(texts: Sequence[str], zone: _Zone) -> Iterator[_Line]:
    owner = ""
    for number, whole in enumerate(texts):
        text = whole.rstrip()
        start = text.lstrip()
        if not start or start.startswith((";", "PASS ON NOT FOUND")):
            continue
        words, seconds, ttl = set(), 0.0, 3600
        while prefix := _PREFIX.match(text):
            words.add(prefix[1])
            seconds = int(prefix[2]) / 1000 if prefix[2] else seconds
            ttl = int(prefix[3]) if prefix[3] else ttl
            text = text[prefix.end() :]
        if named := _OWNER.match(text):
            owner, text = zone.absolute(named[1]), named[2]
        record = _RECORD.match(text)
        kind, data = (record[1], record[2]) if record else ("", "")
        yield _Line(
            number, owner, kind, data, "DNSSEC " in words, "AA " in words, "NXDOMAIN " in words, seconds, ttl
        )


def _answer(zone: _Zone, domain: str, kind: str) -> DnsAnswer:
    status, records, secure, authoritative, seconds = _find(zone, domain, kind)
    authority: list[DnsRecord] = []
    if kind not in ("SOA", "NS"):
        authority = _find(zone, zone.suffix[1:], "NS" if records else "SOA")[1]
    return DnsAnswer(status, tuple(records), tuple(authority), secure, authoritative, seconds)


def _find(
    zone: _Zone, domain: str, kind: str
) -> tuple[DnsStatus, list[DnsRecord], bool, bool, float]:
    """Status, records, the bits AD and AA, and the seconds that it takes."""
    lines = zone.lines(domain)
    if not lines:
        return DnsStatus.NO_DOMAIN, [], False, False, 0.0
    lines = [line for line in lines if line.kind in ("CNAME", kind)]
    given = [line for line in lines if not line.hidden]
    return (
        DnsStatus.SUCCESS if given else DnsStatus.NO_DATA,
        [_record(zone, line, domain) for line in given],
        all(line.secure for line in lines),
        all(line.authoritative for line in lines),
        sum(line.seconds for line in lines),
    )


def _record(zone: _Zone, line: _Line, domain: str) -> DnsRecord:
    owner = domain if line.owner.startswith("*") else line.owner
    return DnsRecord(_name(owner), line.kind, line.ttl, _data(zone, line))


def _data(zone: _Zone, line: _Line) -> RecordData:
    words = line.data.split()
    match line.kind:
        case "A":
            return words[0]
        case "AAAA":
            return socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, words[0]))
        case "MX":
            return Mx(int(words[0]), _name(zone.absolute("".join(words[1:]))))
        case "SRV":
            return Srv(int(words[0]), int(words[1]), int(words[2]), _name(zone.absolute(words[3])))
        case "SOA":
            numbers = [int(word) for word in words[2:7]]
            return Soa(_name(zone.absolute(words[0])), _name(words[1].rstrip(".")), *numbers)
        case "TLSA":
            digits = re.match("[0-9a-fA-F]*", words[3])
            octets = bytes.fromhex(digits[0][: len(digits[0]) // 2 * 2]) if digits else b""
            return Tlsa(int(words[0]), int(words[1]), int(words[2]), octets.decode("latin-1"))
        case "TXT":
            return tuple(_strings(_TXT.findall(line.data) or [line.data]))
        case _:
            return _name(zone.absolute(words[0]))


def _strings(texts: Sequence[str]) -> Iterator[str]:
    """The strings of a TXT record as they are read from a message, whose lengths take one octet each."""
    octets = "".join(chr(len(text) & 255) + text for text in texts)
    while octets:
        length = ord(octets[0])
        yield octets[1 : 1 + length]
        octets = octets[1 + length :]


def _name(text: str) -> str:
    """A name as it is read from a message."""
    return name_of(tuple(label for label in text.split(".") if label))


def _many_homes(domain: str) -> DnsAnswer:
    addresses = [f"10.250.{third}.{fourth}" for third in range(104, 112) for fourth in range(256)]
    records = (DnsRecord(domain, "A", 3600, address) for address in addresses[:_MOST_ADDRESSES])
    return DnsAnswer(DnsStatus.SUCCESS, tuple(records))
