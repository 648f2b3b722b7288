"""Whole configurations with all that is found in them: ``ok/`` nothing but information, ``err/`` more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from eximconf.lint.checking import Options, check
from eximconf.lint.rules import RULES
from eximconf.report import render
from eximconf.source.diagnostic import Diagnostic, Severity
from eximconf.source.text import SourceFile

HERE = Path(__file__).parent


def findings(path: Path) -> list[Diagnostic]:
    def read(name: str) -> str:
        return (path.parent / Path(name).name).read_bytes().decode("latin-1")

    return check(SourceFile(path.name, read(path.name)), read, Options(rules=RULES))


@pytest.mark.parametrize("path", sorted(HERE.glob("*/*.conf")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_golden(path: Path, golden: Callable[[Path, str], None]) -> None:
    found = findings(path)
    golden(path.with_suffix(".out"), render("text", found))
    worst = max((diagnostic.severity for diagnostic in found), default=Severity.INFO)
    assert (worst > Severity.INFO) == (path.parent.name == "err")
