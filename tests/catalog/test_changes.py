"""The table of changes names what Exim has, and reads well either way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eximconf.catalog.acl import ACL_VERBS
from eximconf.catalog.changes import CHANGES, Change, ChangeKind, Subject
from eximconf.catalog.driver_options import OPTIONS_OF
from eximconf.catalog.drivers import DRIVERS
from eximconf.catalog.index import find
from eximconf.catalog.model import NEWEST, OLDEST, version_key

KEYS = {
    Subject.MAIN: ("main-options",),
    Subject.ROUTER: ("router-options",),
    Subject.TRANSPORT: ("transport-options",),
    Subject.AUTHENTICATOR: ("authenticator-options",),
    Subject.VARIABLE: ("variables",),
    Subject.ITEM: ("items",),
    Subject.OPERATOR: ("operators",),
    Subject.CONDITION: ("conditions",),
    Subject.LOOKUP: ("lookups",),
    Subject.ACL_WORD: ("acl-conditions", "acl-modifiers"),
    Subject.CONTROL: ("controls",),
    Subject.VERIFY: ("verify",),
    Subject.LOG_SELECTOR: ("log-selectors",),
}
DRIVER_KINDS = {
    Subject.ROUTER: "router",
    Subject.TRANSPORT: "transport",
    Subject.AUTHENTICATOR: "authenticator",
}


def label(change: Change) -> str:
    return f"{change.version} {change.subject.name} {' '.join(change.names)[:40]}"


@pytest.mark.parametrize(
    "change", [each for each in CHANGES if each.subject in KEYS and not each.rules], ids=label
)
def test_names_are_in_the_catalog(change: Change) -> None:
    for name in change.names:
        found = find(name, KEYS[change.subject])
        assert found or name in ACL_VERBS, name
        assert all(
            change.kind is ChangeKind.NEW or known_before(each.entry.since, change) for each in found[:1]
        ), name
        if change.driver:
            kind = DRIVER_KINDS[change.subject]
            assert change.driver in DRIVERS[kind]
            assert name in OPTIONS_OF[kind](change.driver)


def known_before(since: str, change: Change) -> bool:
    """Whether a name was known before it changed; one that came then has a default that matters by itself."""
    if not since:
        return True
    return version_key(since) < version_key(change.version) or (change.unset and since == change.version)


def test_in_order_of_versions() -> None:
    versions = [version_key(change.version) for change in CHANGES]
    assert versions == sorted(versions)
    assert all(version_key(OLDEST) < version <= version_key(NEWEST) for version in versions)


@pytest.mark.parametrize("change", CHANGES, ids=label)
def test_sentences(change: Change) -> None:
    """Messages are octets, and go on where "since 4.94" leaves off."""
    texts = [change.before, change.now, change.instead]
    assert all(
        text.isascii() and text == text.strip() and re.search(r"(?<!\.)\.$", text) is None for text in texts
    )
    assert change.now
    assert bool(change.before) == (change.kind is not ChangeKind.NEW)
    re.compile(change.value)


def test_there_are_many() -> None:
    assert len(CHANGES) >= 200
    assert {change.version for change in CHANGES} >= {f"4.{number}" for number in (82, 83, *range(85, 101))}


def test_page_is_up_to_date() -> None:
    from eximconf.report.change_page import page

    there = (Path(__file__).resolve().parents[2] / "docs" / "changes.md").read_text(encoding="utf-8")
    assert there == page(), "run: python -m eximconf.report.change_page docs/changes.md"
