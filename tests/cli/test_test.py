"""``exim-conf test`` as a command: what it plays, how it reports, with which exit status."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from eximconf.cli import main
from eximconf.cli.test import run

CONFIGURATION = """\
primary_hostname = HOST
acl_smtp_rcpt = check
begin acl
check:
  deny domains = x.example
  accept
"""
GOOD = "+++\ntitle = 'all is well'\n+++\n< 220 mx.example.net\n> HELO x\n> MAIL FROM:<>\n> RCPT TO:<a@y.example>\n< 250\n"
BAD = "> HELO x\n> MAIL FROM:<>\n> RCPT TO:<a@x.example>\n< 250\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exim.conf").write_text(CONFIGURATION)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "good.smtp").write_text(GOOD)
    (tmp_path / "bad.smtp").write_text(BAD)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.smtp").write_text("nonsense\n")
    return tmp_path


ARGUMENTS = ["-C", "exim.conf", "-DHOST=mx.example.net"]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ([], 1), (["sub"], 0), (["bad.smtp"], 1), (["-k", "well"], 0), (["-k", "not well"], 1), (["-k", "nothing"], 2), (["-k", "("], 2),
        (["nosuch"], 2), (["sub", "--fail-under", "50"], 0), (["sub", "--fail-under", "99"], 1), (["sub", "--record"], 2),
        (["sub", "-j", "-1"], 2), (["sub", "--oracle", "nosuch"], 2), ([".hidden/x.smtp"], 1), (["-j", "2"], 1), (["sub", "-j", "0"], 0),
        (["sub", "--coverage", "x.nothing"], 2), (["--import", "nosuch", "bad.smtp"], 2), (["--import", "commands"], 2),
        (["--import", "swaks", "exim.conf"], 2),
    ],
)  # fmt: skip
def test_exit_status(folder: Path, more: list[str], status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ARGUMENTS, *more]) == status
    assert "Traceback" not in capsys.readouterr().err


def test_through_the_command(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["test", *ARGUMENTS, "sub"]) == 0
    assert capfd.readouterr().out.startswith("1 passed (2 expectations) in ")


def test_no_sessions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(tmp_path)]) == 2
    assert "no sessions (*.smtp) there" in capsys.readouterr().err


def test_session_without_a_configuration(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["sub"]) == 1
    assert "no configuration: write config = " in capfd.readouterr().out


def test_failure_is_shown(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run([*ARGUMENTS, "bad.smtp"])
    out = capfd.readouterr().out.splitlines()
    assert out[:5] == [
        "FAIL bad.smtp", "  > RCPT TO:<a@x.example>", "  bad.smtp:4", "    expected  < 250", "    got       < 550 Administrative prohibition",
    ]  # fmt: skip
    assert any(line.startswith("      exim.conf:5    check deny ") and line.endswith("DENY") for line in out)
    assert out[-1].startswith("1 failed (1 expectations) in ")


def test_trace_shows_what_has_passed(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run([*ARGUMENTS, "sub", "--trace"])
    out = capfd.readouterr().out
    assert out.startswith("PASS sub/good.smtp: all is well\n  < 220 mx.example.net")
    assert "check accept" in out


def test_formats(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run([*ARGUMENTS, "--format", "json", "--junit", "out.xml", "--coverage", "out.html"])
    assert json.loads(capfd.readouterr().out)["failed"] == 1
    assert ElementTree.parse("out.xml").getroot().get("failures") == "1"
    assert "<h2>exim.conf</h2>" in Path("out.html").read_text()
    run([*ARGUMENTS, "--tap", "-j", "2"])
    assert capfd.readouterr().out.startswith("TAP version 13\n1..2\nnot ok 1 - bad.smtp\n")
    run([*ARGUMENTS, "--coverage", "lcov", "--tap"])
    assert "\nend_of_record\n" in capfd.readouterr().out
    run([*ARGUMENTS, "--coverage"])
    assert "coverage of ACLs:\n  check" in capfd.readouterr().out
    run([*ARGUMENTS, "--coverage", "sub"])  # which sessions, not which file
    assert "coverage of ACLs:\n  check" in capfd.readouterr().out


def test_update(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run([*ARGUMENTS, "--update"]) == 0
    assert "UPDATED bad.smtp" in capfd.readouterr().out
    assert (folder / "bad.smtp").read_text() == BAD.replace("250", "550")
    assert (folder / "sub" / "good.smtp").read_text() == GOOD


def test_import(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (folder / "commands").write_bytes(b"HELO x\nNOOP \xff\n")
    assert run(["-C", "exim.conf", "--import", "commands", "commands"]) == 0
    out = capfdbinary.readouterr().out
    assert out.startswith(b'+++\ntitle = "a file of commands"\nconfig = "exim.conf"\n+++\n')
    assert out.endswith(b"> HELO x\n> NOOP \xff\n")
