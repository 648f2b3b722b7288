"""Every rule finds its bad examples where they are marked, passes its good ones, and has its page.

What the examples claim about Exim was seen on 4.100-dev; `test_real_exim` asks a real one again.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from eximconf.lint.checking import Options, check
from eximconf.lint.rule import Rule
from eximconf.lint.rules import RULES
from eximconf.report import rule_pages as pages
from eximconf.source.diagnostic import Diagnostic
from eximconf.source.text import SourceFile

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "rules"


def no_files(path: str) -> str:
    raise FileNotFoundError(path)


def findings(text: str, rule: type[Rule]) -> list[Diagnostic]:
    options = Options(target=rule.target, rules=RULES)
    found = check(SourceFile("exim.conf", text), no_files, options)
    return [diagnostic for diagnostic in found if diagnostic.code == rule.code]


BAD = [(rule, number) for rule in RULES for number in range(len(rule.bad))]
GOOD = [(rule, number) for rule in RULES for number in range(len(rule.good))]


@pytest.mark.parametrize(("rule", "number"), BAD, ids=lambda x: x.code if isinstance(x, type) else str(x))
def test_bad_example(rule: type[Rule], number: int) -> None:
    marked = rule.bad[number]
    start = marked.index("‹")
    end = marked.index("›") - 1
    found = findings(pages.unmarked(marked), rule)
    assert len(found) == 1, found
    location = found[0].location
    assert location is not None
    text = location.file.text
    assert (location.start, location.end if end > start else end) == (start, end), text[location.start : location.end]


@pytest.mark.parametrize(("rule", "number"), GOOD, ids=lambda x: x.code if isinstance(x, type) else str(x))
def test_good_example(rule: type[Rule], number: int) -> None:
    assert findings(rule.good[number], rule) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_is_documented(rule: type[Rule]) -> None:
    assert rule.code.startswith("EX")
    assert len(rule.code) == 5
    assert rule.name == rule.name.lower()
    assert rule.__doc__
    assert rule.bad or rule.outside or rule.code in {"EX100"}
    assert rule.good


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


def test_pages_are_up_to_date() -> None:
    wanted = dict(pages.pages())
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert there == wanted, "run: python -m eximconf.report.rule_pages docs/rules"
