"""Names as people write them."""

from __future__ import annotations

import pytest

from eximconf.catalog.asking import question
from eximconf.catalog.index import ACL_WORDS, DRIVERS, KINDS, OPTIONS

ANY = tuple(KINDS)
ASKED = [
    ("ratelimit", "ratelimit", ANY),
    ("  ratelimit ", "ratelimit", ANY),
    ("msg:delivery", "msg:delivery", ANY),
    ("lsearch*@", "lsearch*@", ANY),
    ("$domain", "domain", ("variables",)),
    ("${domain}", "domain", ("variables",)),
    ("$1", "1", ("variables",)),
    ("$h_list-id:", "h_list-id:", ("variables",)),
    ("$acl_c_x", "acl_c_x", ("variables",)),
    ("def:sender_ident", "sender_ident", ("variables",)),
    ("set acl_m_x = 1", "acl_m_x", ("variables",)),
    ("${sg", "sg", ("items", "operators", "variables")),
    ("${sg{$domain}{x}{y}}", "sg", ("items",)),
    ("${run,preexpand{x}}", "run", ("items",)),
    ("${extract json{a}{b}}", "extract", ("items",)),
    ("${lc:$domain}", "lc", ("operators",)),
    ("${hash_5:x}", "hash_5", ("operators",)),
    ("${if eq{a}{b}}", "eq", ("conditions",)),
    ("${if !match_ip{a}{b}", "match_ip", ("conditions",)),
    ("${if >={a}{b}", ">=", ("conditions",)),
    ("smtp_banner =", "smtp_banner", OPTIONS + ACL_WORDS),
    ("smtp_banner = hello", "smtp_banner", OPTIONS + ACL_WORDS),
    ("hide mysql_servers = x", "mysql_servers", OPTIONS + ACL_WORDS),
    ("no_queue_only =", "queue_only", OPTIONS + ACL_WORDS),
    ("set =", "set", OPTIONS + ACL_WORDS),
    ("control = freeze/no_tell", "freeze", ("controls",)),
    ("verify=sender/callout", "sender", ("verify",)),
    ("driver = redirect", "redirect", DRIVERS),
    ("log_selector = +pid", "pid", ("log-selectors",)),
    ("+pid", "pid", ("log-selectors",)),
    ("-queue_run", "queue_run", ("log-selectors",)),
    ("!senders = x", "senders", ("acl-conditions", "conditions")),
    (".ifdef _HAVE_TLS", "_HAVE_TLS", ("macros",)),
    ("", "", ANY),
    ("${", "${", ANY),
    ("=", "=", ANY),
    ("ä{b\0", "ä{b\0", ANY),
]


@pytest.mark.parametrize(("written", "name", "kinds"), ASKED)
def test_question(written: str, name: str, kinds: tuple[str, ...]) -> None:
    assert question(written) == (name, kinds)
