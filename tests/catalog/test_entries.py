"""Every entry of every kind: soundness, the ways to write it, and finding it by its name."""

from __future__ import annotations

import re

import pytest

from eximconf.catalog.describe import describe, feature_words, known_words, phase_words
from eximconf.catalog.index import KINDS, Found, entries, find, names
from eximconf.catalog.model import (
    NEWEST,
    PHASES,
    Condition,
    Entry,
    Item,
    LookupType,
    Operator,
    Option,
    version_key,
)
from eximconf.catalog.related import MOST, related
from eximconf.syntax.expansion_nodes import Call, If, Lookup, walk
from eximconf.syntax.expansion_nodes import Item as ItemNode
from eximconf.syntax.expansion_nodes import Operator as OperatorNode
from eximconf.syntax.expansion_parser import parse_expansion

EVERY = [found for key in KINDS for found in entries(key)]


@pytest.mark.parametrize("key", KINDS)
def test_entries_are_sound(key: str) -> None:
    for found in entries(key):
        entry = found.entry
        assert entry.meaning, entry.name
        assert not entry.meaning[0].islower() or entry.meaning.startswith("yes "), entry.meaning
        assert "\n" not in entry.meaning
        assert not entry.meaning.endswith("."), entry.meaning
        assert re.fullmatch(r"\d+(\.\d+)?|experimental-spec", entry.spec), entry.name
        assert re.fullmatch(r"(!?[A-Z][A-Z0-9_]*(&!?[A-Z][A-Z0-9_]*)*)?", entry.feature), entry.name
        assert re.fullmatch(r"(4\.\d+(\.\d+)*)?", entry.since), entry.name
        assert re.fullmatch(r"(4\.\d+(\.\d+)*)?", entry.until), entry.name
        if entry.since and entry.until:
            assert version_key(entry.since) <= version_key(entry.until), entry.name


@pytest.mark.parametrize("found", [found for found in EVERY if found.entry.renamed_to], ids=lambda x: x.entry.name)
def test_new_name_is_known(found: Found) -> None:
    new = [other.entry for other in find(found.entry.renamed_to)]
    assert any(entry.known_in(NEWEST) for entry in new) or any(entry.renamed_to for entry in new)


@pytest.mark.parametrize("key", KINDS)
def test_every_entry_is_found_by_its_name(key: str) -> None:
    for found in entries(key):
        assert found in find(found.entry.name, [key])
        if key in ("callout-options", "quota-options"):
            assert found in find(found.entry.name.removesuffix("="), [key])


FOUND = [
    ("acl", ["items", "conditions", "acl-conditions"]),
    ("length", ["items", "operators"]),
    ("spf", ["lookups", "acl-conditions", "log-selectors"]),
    ("acl_m_score", ["variables"]),
    ("h_list-id:", ["variables"]),
    ("3", ["variables"]),
    ("sn7", ["variables"]),
    ("hash_10_26", ["operators"]),
    ("quote_pgsql", ["operators"]),
    ("lsearch*@", ["lookups"]),
    ("partial-cdb", ["lookups"]),
    ("partial2(dom)lsearch,ret=full", ["lookups"]),
    ("_OPT_MAIN_TIMEZONE", ["macros"]),
    ("_DRIVER_ROUTER_ACCEPT", ["macros"]),
    ("pass", ["results", "results"]),
    ("directory", ["transport-options", "transport-options"]),
    ("lc_3", []),
    ("nosuch", []),
    ("acl_mx", []),
    ("", []),
]


@pytest.mark.parametrize(("name", "kinds"), FOUND)
def test_find(name: str, kinds: list[str]) -> None:
    assert [found.kind.key for found in find(name)] == kinds


WRITTEN = [
    (found, written)
    for key in ("items", "operators", "conditions", "lookups")
    for found in entries(key)
    for written in describe(found).written
]


@pytest.mark.parametrize(("found", "written"), WRITTEN, ids=lambda x: x if isinstance(x, str) else x.entry.name)
def test_written_form_is_what_it_says(found: Found, written: str) -> None:
    """The parser reads the form without a fault, as the item, operator or condition that it shows."""
    text = written.replace("…", "")
    if isinstance(found.entry, Condition):
        text = f"${{if {text}}}"
    tree = parse_expansion(text.replace("{condition}", "{eq{a}{b}}").replace("${if condition", "${if eq{a}{b}"))
    assert [fault.message for fault in tree.faults()] == []
    top = next(walk(tree.body))
    match found.entry:
        case Operator(name=name):
            assert isinstance(top, OperatorNode)
            assert top.name == name
        case Item(name=name):
            assert (top.name if isinstance(top, ItemNode) else type(top).__name__.lower()) == name
        case LookupType(name=name):
            assert isinstance(top, Lookup | If)
            if isinstance(top, Lookup):
                assert top.kind.partition(",")[0] == name
        case Condition(name=name):
            assert isinstance(top, If)
            assert top.test.name == name if isinstance(top.test, Call) else name


def test_description_of_an_option() -> None:
    (found,) = find("remote_max_parallel")
    description = describe(found, "4.96")
    assert description.kind == "main option"
    assert description.default == "2"
    assert description.written == ("remote_max_parallel = integer",)
    assert describe(found).default == "6"


def test_description_of_a_word_of_acls() -> None:
    (found,) = find("encrypted")
    assert "helo" in (describe(found).phases or ())
    assert "helo" not in (describe(found, "4.96").phases or ())
    (ratelimit,) = find("ratelimit")
    assert {"per_mail", "strict"} <= set(describe(ratelimit).options)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (Entry(name="x", meaning="X"), "since 4.80 or before"),
        (Entry(name="x", meaning="X", since="4.93"), "since 4.93"),
        (Entry(name="x", meaning="X", since=NEWEST), "since 4.100-dev"),
        (Entry(name="x", meaning="X", until="4.88"), "from before 4.80, gone with 4.88"),
        (Entry(name="x", meaning="X", since="4.83", until="4.87"), "from 4.83, gone with 4.87"),
        (Entry(name="x", meaning="X", since="4.83", until="4.83"), "in no release, only in the papers or sources of 4.83"),
    ],
)
def test_known_words(entry: Entry, words: str) -> None:
    assert known_words(entry) == words


def test_feature_words() -> None:
    assert feature_words("") == ""
    assert feature_words("!DISABLE_TLS&SUPPORT_DANE") == "without DISABLE_TLS and with SUPPORT_DANE"


def test_phase_words() -> None:
    assert phase_words(PHASES) == "every ACL"
    assert phase_words(set(PHASES) - {"quit"}) == "every ACL but quit"
    assert phase_words(["data", "rcpt"]) == "rcpt, data"


RELATED = [
    ("proxy_required_hosts", "hosts_proxy"),
    ("hosts_proxy", "proxy_required_hosts"),
    ("hosts_try_dane", "hosts_require_dane"),
    ("ratelimit", "smtp_ratelimit_hosts"),
    ("dmarc_status", "$dmarc_used_domain"),
]


@pytest.mark.parametrize(("name", "near"), RELATED)
def test_related(name: str, near: str) -> None:
    assert any(near in related(found) for found in find(name))


def test_related_names_are_known() -> None:
    known = names()
    for found in EVERY:
        near = related(found)
        assert len(near) <= MOST
        assert {name.removeprefix("$") for name in near} <= known
        assert found.entry.name not in near


def test_counts() -> None:
    """Names that the newest Exim knows; the options and words were counted in its own tables."""
    now = {key: sum(found.entry.known_in(NEWEST) for found in entries(key)) for key in KINDS}
    assert now["items"] == 29
    assert now["operators"] == 57
    assert now["conditions"] == 47
    assert now["acl-conditions"] + now["acl-modifiers"] == 39
    assert now["controls"] == 26
    assert now["verify"] == 11
    assert now["log-selectors"] == 64
    assert now["misnomers"] == 0
    assert sum(isinstance(found.entry, Option) for found in EVERY) > 700
