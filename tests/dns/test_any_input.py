"""Nothing that stands in a list, a query or an answer raises anything but an outcome of the language."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_run import RecordedRun

from eximconf.dns.csa import verify_csa
from eximconf.dns.dnsdb import look_up_records
from eximconf.dns.dnslists import DnslistOutcome, check_dnslists
from eximconf.dns.host import FindOutcome
from eximconf.dns.host_names import find_host_names
from eximconf.dns.hosts import HostSearch, find_by_dns, find_by_name
from eximconf.expand.dynamic import expand_string
from eximconf.runtime.outcome import Deferred, Outcome
from eximconf.runtime.value import Tainted, is_tainted

OCTETS = st.text(alphabet=[chr(number) for number in range(256)], max_size=60)
LISTS = st.lists(st.sampled_from([
    "l.example", "k.example", "t.example", ",", "=", "==", "!=", "&", "=&", "!", "/", ":", "::", "<;", ";", "10.0.0.1", "2001:db8::1",
    "::ffff:10.0.0.1", "127.0.0.2", "0.0.0.6", "+defer_unknown", "+include_unknown", "+x", "b", " ", "\xff", "%eth0", ".",
]), max_size=9).map("".join)  # fmt: skip
QUERIES = st.lists(st.sampled_from([
    ">", ",", ";", ":", "|", " ", "=", "a", "mx", "txt", "csa", "ptr", "a+", "soa", "zns", "tlsa", "spf", "srv", "defer_", "dnssec_",
    "strict", "never", "retrans_", "retry_", "5s", "0x", "08", "-1", "a.example", "192.0.2.1", "2001:db8::1", "<", "\\", "\xe9", ".",
]), max_size=10).map("".join)  # fmt: skip
ADDRESSES = st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.3", "2001:db8::1", "::ffff:10.0.0.1", "", "rubbish"])


@given(LISTS | OCTETS, ADDRESSES)
def test_dnslists(text: str, address: str) -> None:
    ctx = RecordedRun("dnslists.zone").traced().ctx
    result = check_dnslists(ctx, text, address, expand_string)
    assert bool(result.message) <= (result.outcome in (DnslistOutcome.ERROR, DnslistOutcome.DEFERRED))
    assert all(ctx.variables[name] == value for name, value in result.variables.items())


@given(QUERIES | OCTETS)
def test_dnsdb(query: str) -> None:
    ctx = RecordedRun("dnsdb.zone").ctx
    with suppress(Deferred):
        answer = look_up_records(ctx, Tainted(query))
        assert answer.value is None or (answer.value and is_tainted(answer.value))


@settings(max_examples=50, deadline=None)
@given(OCTETS | ADDRESSES)
def test_names_and_hosts(text: str) -> None:
    ctx = RecordedRun("hosts.zone").traced().ctx
    assert find_by_name(ctx, text).outcome in FindOutcome
    assert find_by_dns(ctx, text, HostSearch(["smtp", text], mx=True, dnssec_request="*")).outcome in FindOutcome
    assert find_host_names(ctx, text).outcome is not FindOutcome.LOCAL
    with suppress(Outcome):
        assert verify_csa(ctx, text, text, "192.0.2.1").status
