"""Any octets as subject and list end in an answer or an outcome, never in another exception."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

import eximconf
from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_item, match_address_list
from eximconf.match.conditions import MATCHERS
from eximconf.match.hosts import HostSubject, match_host_list
from eximconf.match.strings import match_domain_list, match_local_part_list, match_string_list
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.services import Services
from eximconf.runtime.trace import Trace

FILES = eximconf.new_context().services.files
PIECES = st.sampled_from((
    "@", "@@", "*", "!", "+", "/", ";", ":", "<", "^", "net", "net24-", "lsearch;", "lsearch*@;", "partial-", "passwd;",
    "+caseful", "+include_unknown", "@[]", "@mx_any", "/ignore=", "a", ".b", "1.2.3.4", "::1", "$domain", "${", "}", "\\N", " ",
))  # fmt: skip
TEXT = st.one_of(
    st.lists(st.one_of(PIECES, st.characters(max_codepoint=255)), max_size=12).map("".join),
    st.text(st.characters(max_codepoint=255), max_size=40),
)


@settings(deadline=None, max_examples=200)
@given(subject=TEXT, text=TEXT, traced=st.booleans())
def test_ends_in_an_answer(subject: str, text: str, traced: bool) -> None:
    ctx = eximconf.new_context(services=Services(files=FILES), variables={"domain": "a.b"})
    lines: list[str] = []
    if traced:
        ctx.trace = Trace(lines.append)
    for match in (
        *(lambda matcher=matcher: matcher(ctx, subject, text, expand_string) for matcher in MATCHERS.values()),
        lambda: match_domain_list(ctx, subject, text, expand_string),
        lambda: match_local_part_list(ctx, subject, text, expand_string),
        lambda: match_address_list(ctx, subject, text, expand_string),
        lambda: match_address_item(ctx, subject, text, expand_string),
        lambda: match_string_list(ctx, subject, text, expand_string),
        lambda: match_host_list(ctx, HostSubject(ctx, subject, expand_string), text, expand_string),
    ):
        with suppress(Outcome):
            assert match().found in (True, False)
