"""Phases count as the target version has them; seen on 4.96, 4.98.2 and 4.100-dev."""

from __future__ import annotations

import pytest

from eximconf.lint.checking import Options, check
from eximconf.lint.rules import RULES
from eximconf.source.text import SourceFile

CONFIG = "acl_smtp_helo = check\nbegin acl\ncheck:\n  deny !encrypted = *\n  accept\n"


def no_files(path: str) -> str:
    raise FileNotFoundError(path)


@pytest.mark.parametrize(("target", "codes"), [("4.96", ["EX301"]), ("4.98.2", []), ("4.100", [])])
def test_phase_of_the_target(target: str, codes: list[str]) -> None:
    found = check(SourceFile("exim.conf", CONFIG), no_files, Options(target=target, rules=RULES))
    assert [diagnostic.code for diagnostic in found if diagnostic.code == "EX301"] == codes
