"""Where ``exim-conf expand`` says that a fault is, and what it offers. The failures are Exim's: 4.96 to 4.100-dev."""

from __future__ import annotations

import pytest

from eximconf.cli import main


@pytest.mark.parametrize(
    ("text", "failure", "marked", "note"),
    [
        ("${uc:$domian}", 'unknown variable name "domian"', "$domian", 'did you mean "domain"?'),
        ("x ${domainn}", 'unknown variable in "${domainn}"', "${domainn}", 'did you mean "domain"?'),
        ("${lookup{x}lserch{/etc/x}}", 'unknown lookup type "lserch"', "lserch", 'did you mean "lsearch"?'),
        ("${if eqq{a}{b}}", 'unknown condition "eqq"', "eqq", 'did you mean "eq"?'),
        ("${if equals{a}{b}}", 'unknown condition "equals"', "equals", 'did you mean "eq"?'),
        ("x ${strlne:a}", 'unknown expansion operator "strlne"', "strlne", 'did you mean "strlen"?'),
        ("${extrct{1}{:}{a:b}}", '"${extrct" is not a known operator (or a } is missing in a variable reference)',
         "extrct", 'did you mean "extract"?'),
        ("${substr{2}{3}{abc", "missing } at end of string", "", ""),
    ],
)
def test_place(capsys: pytest.CaptureFixture[str], text: str, failure: str, marked: str, note: str) -> None:
    assert main(["expand", text]) == 1
    lines = capsys.readouterr().err.splitlines()
    start = text.index(marked) if marked else len(text)
    wanted = [f"failure: {failure}", f"  {text}", f"  {' ' * start}{'^' * max(1, len(marked))}"]
    assert lines == wanted + ([f"  note: {note}"] if note else [])


def test_a_failure_of_the_moment_has_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["expand", "${lookup{x}lsearch{/nonexistent/file}}"]) == 1
    assert "^" not in capsys.readouterr().err
