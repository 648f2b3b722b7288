"""``exim-conf relay`` finds what a real Exim lets through, and its sessions show it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from eximconf.cli import main
from eximconf.cli.relay import parser

HEAD = """\
primary_hostname = mx.here.example
domainlist local = here.example
acl_smtp_rcpt = check
begin acl
check:
  accept hosts = 10.0.0.0/8
"""
TAIL = """
  deny message = relay not permitted
begin routers
out:
  driver = manualroute
  domains = ! +local
  route_list = * 192.0.2.98
  transport = smtp
  no_more
box:
  driver = accept
  transport = box
begin transports
smtp:
  driver = smtp
box:
  driver = appendfile
  file = /var/mail/$local_part_data
"""
OPEN = {
    "forged sender": "  accept senders = postmaster@here.example\n  accept domains = +local",
    "bounces": "  accept senders = :\n  accept domains = +local",
    "name in EHLO": "  accept condition = ${if eq{$sender_helo_name}{mx.here.example}}\n  accept domains = +local",
    "postmasters everywhere": "  accept local_parts = postmaster\n  accept domains = +local",
    "literals": "  accept domains = +local : [192.0.2.99]",
    "domains that begin with ours": "  accept domains = ^here\\\\.example",
}
CLOSED = {
    "ours": "  accept domains = +local",
    "verified": "  require verify = recipient\n  accept domains = +local\n  accept authenticated = *",
    "our postmaster": "  accept local_parts = postmaster\n    domains = +local",
}


def configuration(tmp_path: Path, acl: str) -> Path:
    path = tmp_path / "exim.conf"
    literals = "allow_domain_literals\n" if "[" in acl else ""
    path.write_text(literals + HEAD + acl + TAIL)
    return path


@pytest.mark.parametrize("acl", OPEN.values(), ids=OPEN)
def test_finds_it_and_shows_it(acl: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, session = configuration(tmp_path, acl), tmp_path / "open.smtp"
    assert main(["relay", str(path), "--write", str(session)]) == 1
    captured = capsys.readouterr()
    assert "open relay: 203.0.113.77 as " in captured.err
    assert captured.out == ""
    assert main(["test", "-C", str(path), str(session)]) == 0


@pytest.mark.parametrize("acl", CLOSED.values(), ids=CLOSED)
def test_finds_nothing(acl: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["relay", str(configuration(tmp_path, acl))]) == 0
    assert "none went through" in capsys.readouterr().err


@pytest.mark.parametrize("acl", OPEN.values(), ids=OPEN)
def test_a_real_exim_relays(acl: str, tmp_path: Path, newest_exim: str) -> None:
    path, session = configuration(tmp_path, acl), tmp_path / "open.smtp"
    path.chmod(0o644)
    assert main(["relay", str(path), "--write", str(session)]) == 1
    sent = [line[2:] for line in session.read_text().splitlines() if line.startswith("> ")]
    done = subprocess.run(
        [newest_exim, "-C", str(path), "-bh", "203.0.113.77"], input="".join(f"{line}\r\n" for line in sent).encode(),
        capture_output=True, timeout=30,
    )  # fmt: skip
    replies = [
        line
        for line in done.stdout.decode("latin-1").splitlines()
        if line[:3].isdigit() and line[3:4] == " "
    ]
    assert [reply[:3] for reply in replies] == ["220", "250", "250", "250", "221"]


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["relay", str(tmp_path / "none.conf")]) == 2
    assert "No such file" in capsys.readouterr().err


@pytest.mark.parametrize(("acl", "played"), [(OPEN["bounces"], True), (CLOSED["ours"], False)])
def test_example_of_the_help(acl: str, played: bool, tmp_path: Path) -> None:
    """What it finds is played at once, and nothing else is."""
    configuration(tmp_path, acl)
    example = next(line for line in (parser().epilog or "").splitlines() if "--write" in line)
    command = example.replace("exim-conf ", f"{sys.executable} -m eximconf ")
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert ("1 passed" in done.stdout) == played
