"""Comments that take findings back, and the choice of rules."""

from __future__ import annotations

import pytest

from eximconf.lint.checking import Options, check
from eximconf.lint.rules import RULES
from eximconf.lint.selection import Selection, UnknownRule, words
from eximconf.source.text import SourceFile

CASES = {
    "the line before": ("# exim-conf: ignore[EX101] old\nfoo = 1\n", []),
    "by name": ("# exim-conf: ignore[unknown-option]\nfoo = 1\n", []),
    "two codes": ("# exim-conf: ignore[EX101, EX201]\nfoo = 1\n", ["EX901"]),
    "another code": ("# exim-conf: ignore[EX102]\nfoo = 1\n", ["EX901", "EX101"]),
    "over comments and empty lines": ("# exim-conf: ignore[EX101] x\n\n# why\nfoo = 1\n", []),
    "continuation lines": (
        "begin acl\na:\n# exim-conf: ignore[EX201] x\n  warn logwrite = a \\\n    $nosuch\n",
        ["EX601"],
    ),
    "not the line after that": ("# exim-conf: ignore[EX101] x\nfoo = 1\nbar = 1\n", ["EX101"]),
    "small letters": ("# exim-conf: ignore[ex101]\nfoo = 1\n", []),
    "unknown code": ("# exim-conf: ignore[EX999]\n", ["EX901"]),
    "no code": ("# exim-conf: ignore\n", ["EX902"]),
    "empty list": ("# exim-conf: ignore[]\n", ["EX902"]),
    "other word": ("# exim-conf: disable[EX101]\n", ["EX902"]),
}


def codes(text: str, selection: Selection | None = None) -> list[str]:
    options = Options(selection=selection, rules=RULES)
    return [d.code for d in check(SourceFile("c", text), lambda path: "", options)]


@pytest.mark.parametrize("case", CASES)
def test_suppression(case: str) -> None:
    text, wanted = CASES[case]
    assert codes(text) == wanted


def test_what_does_not_run_is_not_unused() -> None:
    text = "# exim-conf: ignore[EX201] x\n"
    assert codes(text, Selection(select=("EX1", "EX9"))) == []


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        (Selection(), ["EX101", "EX604"]),
        (Selection(select=("EX1",)), ["EX101"]),
        (Selection(select=("ex101",)), ["EX101"]),
        (Selection(select=("unused-macro",)), ["EX604"]),
        (Selection(ignore=("EX6",)), ["EX101"]),
        (Selection(select=("EX1",), ignore=("unknown-option",)), []),
    ],
)
def test_selection(selection: Selection, wanted: list[str]) -> None:
    assert codes("foo = 1\nAB = 1\n", selection) == wanted


def test_unknown_rule() -> None:
    with pytest.raises(UnknownRule, match="ZZ9"):
        Selection(select=("ZZ9",)).check(RULES)


def test_words() -> None:
    assert words(["EX1,EX2", "a b"]) == ("EX1", "EX2", "a", "b")


def test_misspelt_rule() -> None:
    with pytest.raises(UnknownRule, match=r'did you mean "unused-macro"\?'):
        Selection(ignore=("unused-marco",)).check(RULES)
