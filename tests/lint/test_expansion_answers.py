"""What Exim has answered to the expansions of ``tests/expand``: what gave a value gets no error, most of what failed does."""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from eximconf.lint.checking import Options, check
from eximconf.lint.rules import RULES
from eximconf.source.diagnostic import Diagnostic, Severity
from eximconf.source.text import SourceFile

sys.path.append(str(Path(__file__).resolve().parents[1] / "expand"))
from expansion_cases import DATA, NEWEST, all_case_files, read_cases

_PASSED_OVER = re.compile(r"\$\{if (eq\{\}\{[ax]\}|eq\{a\}\{b\}|and\{\{eq\{a\}\{b\}|or\{\{eq\{a\}\{a\})")
"""How expansions begin that hold a fault where it is never evaluated."""
_FOUND = 0.7
"""Which part of what fails is found: the rest depends on data, or is nothing that anybody writes."""


class Answered(NamedTuple):
    text: str
    fails: bool
    errors: tuple[str, ...]


@cache
def answered() -> list[Answered]:
    """All cases that fit into a line of an ACL, with the errors that are found in them."""
    cases = []
    for path in all_case_files():
        for case in read_cases(path).cases:
            expected = case.expected(NEWEST) if case.is_for(NEWEST) else None
            text = case.text(str(DATA))
            if expected is not None and expected.kind != "%%" and _fits(text):
                cases.append((text, expected.kind == "!!"))
    head = (DATA / "exim.conf").read_text(encoding="latin-1").partition("\nbegin")[0]
    head += "\nacl_smtp_rcpt = asked\nbegin acl\nasked:\n"
    lines = "".join(f"  warn set acl_m_result = {text}\n" for text, _ in cases)
    found = _errors(f"{head}{lines}  accept\nbegin routers\nbegin transports\n")
    first = head.count("\n") + 1
    return [Answered(text, fails, tuple(found.get(first + at, ()))) for at, (text, fails) in enumerate(cases)]


def _fits(text: str) -> bool:
    return (
        text.strip(" \t") == text != "" and not text.endswith("\\") and not set(text) & {"\n", "\0"} and text[0] != '"'
    )


def _errors(text: str) -> dict[int, list[str]]:
    def no_files(path: str) -> str:
        raise FileNotFoundError(path)

    found: dict[int, list[str]] = {}
    for one in check(SourceFile("exim.conf", text), no_files, Options(rules=RULES)):
        if one.severity is Severity.ERROR:
            found.setdefault(_line(one), []).append(f"{one.code} {one.message}")
    return found


def _line(one: Diagnostic) -> int:
    return one.location.line if one.location is not None else 0


def test_no_error_in_what_gave_a_value() -> None:
    wrong = [one for one in answered() if one.errors and not one.fails and not _PASSED_OVER.match(one.text)]
    assert not wrong


def test_most_of_what_failed_is_found() -> None:
    failed = [one for one in answered() if one.fails]
    assert len([one for one in failed if one.errors]) > _FOUND * len(failed) > 500
