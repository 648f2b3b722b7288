"""Trees of configurations. Messages were seen on Exim 4.100-dev (``-bV``)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eximconf.catalog.acl import ACL_VERBS
from eximconf.source.text import SourceFile, SourceText
from eximconf.syntax.config_nodes import (
    Acl,
    Config,
    Driver,
    MacroDefinition,
    NamedList,
    Option,
    RetryRule,
    RewriteRule,
    unquote,
)
from eximconf.syntax.config_parser import parse_config
from eximconf.syntax.config_unparse import unparse
from eximconf.syntax.preprocess import preprocess

SAMPLE = r"""
# A comment
GREETING = hello
primary_hostname = mx.example
hide mysql_servers = localhost/db/user/pass
no_smtp_verify
smtp_banner = "GREETING \"you\"\n"
domainlist local_domains = @ : example.com
hide hostlist_cache relays = 192.0.2.1 : \
     2001:db8::1
begin acl
check_rcpt: ignored
  accept hosts = +relays
         set acl_m_x = yes
  deny
    !domains = +local_domains
    message = relay not permitted
  accept endpass
NEXT = 1
empty:
begin routers
local:
  driver = accept
  not_more
  transport = t
begin retry
*  quota_7d
"a b"  *  senders = "x : y"  F,2h,15m; G,16h,1h,1.5
begin rewrite
*@a.example  "$1@b \"c\""  Ffrs
begin Transport
"""


def parse(text: str) -> Config:
    return parse_config(preprocess(SourceFile("exim.conf", text), _no_file))


def _no_file(path: str) -> str:
    raise FileNotFoundError(path)


def test_main_section() -> None:
    tree = parse(SAMPLE)
    options = {option.name.text: option for option in tree.main.of(Option)}
    assert list(options) == ["primary_hostname", "mysql_servers", "smtp_verify", "smtp_banner"]
    assert options["mysql_servers"].hidden
    assert (options["smtp_verify"].prefix, options["smtp_verify"].value) == ("no_", None)
    lists = [(each.kind, each.name.text, each.cached, each.hidden) for each in tree.items(NamedList)]
    assert lists == [("domain", "local_domains", False, False), ("host", "relays", True, True)]
    assert [macro.name.text for macro in tree.items(MacroDefinition)] == ["GREETING", "NEXT"]


def test_values_lose_their_quotes_but_not_their_places() -> None:
    tree = parse(SAMPLE)
    option = next(each for each in tree.main.of(Option) if each.name.text == "smtp_banner")
    assert option.value is not None
    value = tree.value(option.value)
    assert value.text == 'hello "you"\n'
    assert [str(value.locate(at)) for at in (0, 6, 10, 11)] == [
        f"exim.conf:7:{column}" for column in (16, 25, 30, 32)
    ]
    relays = tree.items(NamedList)[1]
    text = tree.slice(relays.value)
    assert str(text.locate(text.text.index("2001"))) == "exim.conf:10:6"


def test_acls() -> None:
    check, empty = parse(SAMPLE).items(Acl)
    assert check.rest is not None
    assert check.rest.raw == "ignored"
    shown = [
        (statement.verb.text, [unparse_clause(clause) for clause in statement.clauses])
        for statement in check.statements
    ]
    assert shown == [
        ("accept", [("hosts", False, "", "+relays"), ("set", False, "acl_m_x", "yes")]),
        (
            "deny",
            [("domains", True, "", "+local_domains"), ("message", False, "", "relay not permitted")],
        ),
        ("accept", [("endpass", False, "", None)]),
    ]
    assert (empty.name.text, empty.statements) == ("empty", ())


def unparse_clause(clause: object) -> tuple[object, ...]:
    name, negated = clause.name.text, clause.negated  # type: ignore[attr-defined]
    variable, value = clause.variable, clause.value  # type: ignore[attr-defined]
    return name, negated, variable.text if variable else "", value.raw if value else None


def test_drivers_and_rules() -> None:
    tree = parse(SAMPLE)
    (driver,) = tree.items(Driver)
    assert [option.written for option in driver.options if isinstance(option, Option)] == [
        "driver",
        "not_more",
        "transport",
    ]
    assert driver.get("more") is not None
    first, second = tree.items(RetryRule)
    assert (first.pattern.raw, first.error.text, first.senders, first.steps.raw) == ("*", "quota_7d", None, "")
    assert second.senders is not None
    assert (tree.value(second.pattern).text, tree.value(second.senders).text) == ("a b", "x : y")
    assert second.steps.raw == "F,2h,15m; G,16h,1h,1.5"
    (rewrite,) = tree.items(RewriteRule)
    assert (tree.value(rewrite.replacement).text, rewrite.flags.raw) == ('$1@b "c"', "Ffrs")
    assert [section.kind for section in tree.sections] == [
        "acls", "routers", "retrys", "rewrites", "transports",
    ]  # fmt: skip
    assert tree.section("transports") == tree.sections[-1]
    assert not list(tree.bad())


def test_a_macro_ends_a_block() -> None:
    tree = parse("begin routers\na:\nx = 1\nM = 2\ny = 3\n")
    assert [bad.message for bad in tree.bad()] == ["router name missing"]
    assert str(tree.locate(next(tree.bad()))) == "exim.conf:5:1"


def bad_lines() -> list[tuple[str, str]]:
    rows = Path(__file__).with_name("config_bad.txt").read_text(encoding="ascii").splitlines()
    found = []
    for row in rows:
        if not row.startswith("#"):
            section, text, message = (cell.encode().decode("unicode_escape") for cell in row.split(" | "))
            begin = "" if section == "main" else f"begin {section}\n"
            found.append((begin + text + "\n", message))
    return found


@pytest.mark.parametrize(("text", "message"), bad_lines())
def test_lines_without_a_shape(text: str, message: str) -> None:
    assert [bad.message for bad in parse_config(SourceText.of_string(text)).bad()] == [message]


def test_the_verbs_of_the_grammar_are_those_of_the_catalog() -> None:
    lines = "".join(f"{verb} hosts = x\n" for verb in ACL_VERBS)
    (acl,) = parse(f"begin acl\na:\n{lines}").items(Acl)
    assert [statement.verb.text for statement in acl.statements] == list(ACL_VERBS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\tb\x41\101\\\q"', "a\tbAA\\q"),
        (r'"a" b', "a"),
        ('"a', "a"),
        ('"', ""),
        ('""', ""),
        (r'"ab\0cd"', "ab"),
        ('"a\\', "a\\"),
    ],
)
def test_unquoting(text: str, value: str) -> None:
    assert unquote(SourceText.of_string(text)).text == value


SECTIONS = ["acl", "routers", "retry", "rewrite", "zork", "local_scan"]
WORDS = ["begin ", "FOO = ", "hide ", "domainlist", "_cache", "accept", "deny", "set acl_m_x", "endpass", "name:"]
OCTETS = '!"\\\n\n\n \t=:ab\0\r#.\xe9\x01\x85\xa0'
PIECES = st.sampled_from(
    [*(f"begin {name}\n" for name in SECTIONS), *WORDS, *OCTETS, "driver = x\n", "no_", "senders", "F,2h,15m"]
)
TEXTS = st.lists(PIECES | st.text(st.characters(max_codepoint=255), max_size=3), max_size=30).map("".join)


@given(TEXTS)
def test_parsing_what_a_tree_is_written_as_gives_the_tree(text: str) -> None:
    for tree in (parse(text), parse_config(SourceText.of_string(text))):
        assert parse_config(SourceText.of_string(unparse(tree))) == tree
        for bad in tree.bad():
            assert tree.locate(bad)
