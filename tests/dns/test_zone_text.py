"""Recorded answers as text: what is read of it, and that writing and reading it again changes nothing."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from recorded_run import cases

from eximconf.dns.names import canonical, labels_of, name_of
from eximconf.dns.rdata import Word, read_data, write_data
from eximconf.dns.recorded import NOT_RECORDED, RecordedDns
from eximconf.dns.recording import recorded_lines
from eximconf.dns.zone_text import RecordedLine, ZoneText, parse_zone_text
from eximconf.runtime.dns_answer import DnsStatus

OCTETS = st.text(alphabet=[chr(number) for number in range(256)], max_size=120)
KINDS = st.sampled_from(["A", "AAAA", "MX", "TXT", "CNAME", "PTR", "SOA", "SRV", "TLSA", "CAA", "NS", "TYPE99", "?", ""])


def shown(text: str) -> str:
    zone = parse_zone_text(text)
    faults = [(fault.start, f"!! {text[fault.start : fault.end]}: {fault.message}") for fault in zone.faults]
    lines = [(len(text), line_text(line)) for line in zone.lines]
    return " | ".join(part for _, part in sorted([*faults, *lines], key=lambda part: part[0]))


def line_text(line: RecordedLine) -> str:
    record = line.record
    what = line.status.value if record is None else f"{record.ttl} {record.data!a}"
    flags = (f" ({line.seconds} s)" if line.seconds else "") + " AD" * line.authenticated + " AA" * line.authoritative
    return f"{line.name} {line.kind} {what}{flags}"


@pytest.mark.parametrize("case", cases("zone_text.txt"))
def test_text_is_read(case: str) -> None:
    text, _, wanted = case.partition(" =>")
    assert shown(text.replace("|", "\n")) == wanted.strip()


@given(OCTETS, OCTETS, KINDS)
@example("a.example. CNAME a.example.", "a.example", "A")
def test_no_text_and_no_question_raises(text: str, name: str, kind: str) -> None:
    zone = parse_zone_text(text)
    assert all(0 <= fault.start <= fault.end <= len(text) for fault in zone.faults)
    answer = RecordedDns(zone).query(name, kind)
    assert answer.found == (answer.status is DnsStatus.SUCCESS)


LINES = st.lists(st.sampled_from([
    "a.example. 300 MX 10 b.example.", "a.example. A 192.0.2.1", "b.example. AD CNAME a.example.", "b.example. NXDOMAIN",
    "c.example. A TIMEOUT 3s", "*.example. TXT \"x\"", "a.example. SOA a. b. 1 2 3 4 5", "$ORIGIN example.", "a AA A 1.2.3.4",
    "  AAAA ::1", "a.example. A NODATA", "192.0.2.7 PTR a.example.", "$TTL 5", "a.example. TXT SERVFAIL", "@ NS a", "(", ")", "\"",
]), max_size=8)  # fmt: skip
NAMES = st.sampled_from(["a.example", "B.example.", "c.example", "x.y.example", "example", "", ".", "a..b", "7.2.0.192.in-addr.arpa"])


@given(LINES, NAMES, KINDS)
def test_an_answer_can_be_recorded_and_given_again(lines: list[str], name: str, kind: str) -> None:
    dns = RecordedDns(parse_zone_text("\n".join(lines)))
    answer = dns.query(name, kind)
    if answer.reason in (NOT_RECORDED, "CNAME loop") or answer.status is DnsStatus.FAIL:
        return
    written = "\n".join(recorded_lines(name, kind, answer))
    zone = parse_zone_text(written)
    assert not zone.faults, written
    again = RecordedDns(zone).query(name, kind)
    assert (again.status, again.records, again.seconds) == (answer.status, answer.records, answer.seconds), written
    assert not answer.records or again.authenticated == answer.authenticated


@given(st.lists(st.text(alphabet=[chr(number) for number in range(256)], min_size=1, max_size=63), max_size=3))
def test_names_survive_being_written(labels: list[str]) -> None:
    assert labels_of(name_of(tuple(labels))) == tuple(labels)
    assert canonical(name_of(tuple(labels)).upper()) == canonical(name_of(tuple(labels)))


@given(st.sampled_from(["TXT", "CAA", "TLSA", "TYPE7"]), OCTETS)
def test_octets_survive_being_written(kind: str, octets: str) -> None:
    from eximconf.runtime.dns_answer import Caa, Tlsa

    data = {"TXT": (octets, octets), "CAA": Caa(1, "issue", octets), "TLSA": Tlsa(1, 2, 3, octets)}.get(kind, octets)
    zone = parse_zone_text(f"a {kind} {write_data(kind, data)}")
    assert [line.record.data for line in zone.lines if line.record] == [data]
    assert not zone.faults


def test_a_number_behind_a_backslash_is_an_octet() -> None:
    word = Word(r"a\114\"b", True, 0, 8)
    assert read_data("TXT", [word], "") == ('ar"b',)
    assert set(string.digits) > {"1", "4"}


def test_a_whole_zone_knows_what_is_not_there() -> None:
    dns = RecordedDns(parse_zone_text("a A 192.0.2.1\nx.y A 192.0.2.2\n", "example."))
    statuses = [dns.query(name, "A").status for name in ("a.example", "b.example", "y.example", "example", "other")]
    absent, empty, again = DnsStatus.NO_DOMAIN, DnsStatus.NO_DATA, DnsStatus.AGAIN
    assert statuses == [DnsStatus.SUCCESS, absent, empty, empty, again]
    assert [question.lines for question in dns.missing] == [("other. A 192.0.2.1", "other. A NXDOMAIN")]


def test_what_is_missing_is_named_once_with_the_lines_to_write() -> None:
    dns = RecordedDns(ZoneText((), ()))
    for _ in range(2):
        assert dns.query("7.2.0.192.in-addr.arpa.", "PTR").status is DnsStatus.AGAIN
    (question,) = dns.missing
    assert question.lines == ("192.0.2.7 PTR host.example.", "192.0.2.7 PTR NXDOMAIN")
    assert not parse_zone_text("\n".join(question.lines)).faults
    assert "PTR of 7.2.0.192.in-addr.arpa is not recorded" in question.message
