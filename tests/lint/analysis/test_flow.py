"""Which way data takes, checked against what a real Exim refuses as tainted."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from eximconf.lint.checking import Options, check
from eximconf.lint.rules.flows import TaintedNameOverVariable
from eximconf.source.diagnostic import Diagnostic
from eximconf.source.text import SourceFile

TABLE = Path(__file__).with_name("taint.txt")
CASES = [line.split(maxsplit=1) for line in TABLE.read_text().splitlines() if line and line[0] != "#"]
SESSION = b"EHLO x.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<bob@d.example>\r\nQUIT\r\n"


def configuration(expression: str, file: str) -> str:
    return (
        "primary_hostname = mail.example\nacl_smtp_rcpt = check\nbegin acl\ncheck:\n"
        f"  warn set acl_m_p = {expression.replace('FILE', file)}\n"
        "    set acl_m_q = ${readfile{/nowhere/$acl_m_p}}\n  accept\n"
    )


def no_files(path: str) -> str:
    raise FileNotFoundError(path)


def findings(text: str) -> list[Diagnostic]:
    found = check(SourceFile("c", text), no_files, Options(rules=(TaintedNameOverVariable,)))
    return [
        diagnostic
        for diagnostic in found
        if diagnostic.location is not None and diagnostic.location.line == 6
    ]


@pytest.mark.parametrize(("taint", "expression"), CASES)
def test_taint_is_followed(taint: str, expression: str) -> None:
    assert bool(findings(configuration(expression, "/srv/keys"))) == (taint == "tainted")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to use -C")
@pytest.mark.parametrize(("taint", "expression"), CASES)
def test_real_exim_says_so(taint: str, expression: str, tmp_path: Path, real_exim: str) -> None:
    keys = tmp_path / "keys"
    keys.write_text("*: data\nbob: bobdata\n")
    keys.chmod(0o644)
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)
    path = tmp_path / "exim.conf"
    path.write_text(configuration(expression, str(keys)))
    talk = subprocess.run(
        [real_exim, "-C", path, "-bh", "192.0.2.1"], input=SESSION, capture_output=True, timeout=20
    )
    said = talk.stdout + talk.stderr
    assert b"451 " in said
    assert (b"ainted" in said) == (taint == "tainted"), said.decode("latin-1")


def test_steps_stand_in_the_order_of_the_way() -> None:
    text = (
        "begin acl\na:\n  warn set acl_m_a = x$local_part\n  warn set acl_m_b = ${lc:$acl_m_a}\n  accept acl = b $acl_m_b\n"
        "b:\n  accept logwrite = ${readfile{/etc/$acl_arg1}}\n"
    )
    (found,) = check(SourceFile("c", text), no_files, Options(rules=(TaintedNameOverVariable,)))
    assert [(label.location.line, label.text) for label in found.labels] == [
        (3, "$local_part comes from outside"),
        (3, "$acl_m_a is set here"),
        (4, "$acl_m_a is used here"),
        (4, "$acl_m_b is set here"),
        (5, "$acl_m_b is used here"),
        (5, "which $acl_arg1 is here"),
    ]
    assert all(label.step for label in found.labels)


def test_a_variable_that_is_made_from_itself_ends() -> None:
    text = "begin acl\na:\n  warn set acl_m_a = $acl_m_b\n    set acl_m_b = $acl_m_a\n  accept logwrite = ${readfile{$acl_m_a}}\n"
    assert check(SourceFile("c", text), no_files, Options(rules=(TaintedNameOverVariable,))) == []
