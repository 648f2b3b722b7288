"""Every case of the files here, against what a real Exim answered (see `expansion_cases`)."""

from __future__ import annotations

import re

import pytest
from expansion_cases import DATA, NEWEST, Case, CaseFile, Expected, all_case_files, read_cases, show

import eximconf
from eximconf.api import Ending, expand
from eximconf.catalog.conditions import CONDITIONS
from eximconf.catalog.items import ITEMS
from eximconf.catalog.operators import OPERATORS
from eximconf.config.load import read_octets
from eximconf.message.submission import read_message
from eximconf.runtime.context import Context
from eximconf.runtime.live import live_services

_NOT_IN_THESE_BUILDS = ("bless", "pwcheck")
_FEWEST = {"dlfunc": 4, "perl": 3, "ldapauth": 0}
_FILES = [read_cases(path) for path in all_case_files()]
_RUNS = [(file, version) for file in _FILES for version in file.asked]


def new_context(version: str) -> Context:
    """A context as ``exim -bem`` has it with the data files."""
    target = version if version != "newest" else eximconf.api.NEWEST
    config = eximconf.load(str(DATA / "exim.conf"), target=target)
    services = live_services({"PATH": "/usr/bin:/bin", "EXPANSION_TEST": "from outside"})
    ctx = config.context(services)
    read_message(ctx, read_octets(str(DATA / "message.eml")))
    return ctx


def answer(text: str, ctx: Context, data: str = "") -> Expected:
    result = expand(text, ctx)
    if result.ending is Ending.TEXT:
        return Expected("=>", show((result.text or "").partition("\0")[0], data))
    return Expected("!!", show(result.message.partition("\0")[0], data))


def _wrong(case: Case, got: Expected, expected: Expected | None) -> str | None:
    if expected is None:
        return f"{case.line}: {case.written}: no expectation"
    if expected.kind == "%%" or got == expected:
        return None
    return f"{case.line}: {case.written}\n   Exim: {expected}\n   ours: {got}"


@pytest.mark.parametrize(("file", "version"), _RUNS, ids=[f"{file.path.stem}-{version}" for file, version in _RUNS])
def test_cases(file: CaseFile, version: str) -> None:
    ctx = new_context(version)
    asked = NEWEST if version == "newest" else version
    wrong = []
    for case in file.cases:
        if case.is_for(asked):
            got = answer(case.text(str(DATA)), ctx, str(DATA))
            wrong.append(_wrong(case, got, case.expected(asked)))
    found = [one for one in wrong if one]
    assert not found, f"{len(found)} of {len(file.cases)} in {file.path.name}:\n" + "\n".join(found)


def _spelled(name: str, kind: str) -> re.Pattern[str]:
    if kind == "operator":
        return re.compile(rf"\$\{{{name}(?:_[^:{{}}]*)?:")
    if kind == "item":
        return re.compile(rf"\$\{{{name}(?![A-Za-z0-9_])")
    return re.compile(rf"(?<![A-Za-z0-9_=<>]){re.escape(name)}(?:\s*[{{}}]|:)")


@pytest.mark.parametrize(
    ("kind", "name"),
    [("operator", name) for name in sorted(OPERATORS)]
    + [("item", name) for name in sorted(ITEMS)]
    + [("condition", name) for name in sorted(CONDITIONS)],
)
def test_every_name_has_cases(kind: str, name: str) -> None:
    """Ten cases or more each, but for those that the asked builds do not have at all."""
    if name in _NOT_IN_THESE_BUILDS:
        pytest.skip("no build that was asked has it")
    spelled = _spelled(name, kind)
    count = sum(1 for file in _FILES for case in file.cases if spelled.search(case.written))
    assert count >= _FEWEST.get(name, 10)
