"""Other records become sessions, which go as the record says; what was assumed is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eximconf.replay.configurations import Configurations
from eximconf.replay.importers import FORMATS, formats, importer
from eximconf.replay.importers.model import session_text
from eximconf.replay.player import Player
from eximconf.replay.reading import session_of
from eximconf.replay.result import SessionResult, Status
from eximconf.source.text import SourceFile

RECORDS = Path(__file__).resolve().parent / "records"
CONFIGURATION = """\
primary_hostname = mx.example.net
acl_smtp_rcpt = acl_check_rcpt
begin acl
acl_check_rcpt:
  deny domains = x.example
       message = relay not permitted
  accept
"""


def imported(name: str, record: str) -> str:
    read = importer(name)
    assert read is not None
    return session_text(read(record), {"config": "s.conf"})


def played(folder: Path, text: str) -> SessionResult:
    (folder / "s.conf").write_text(CONFIGURATION)
    return Player(Configurations()).play(session_of(SourceFile(str(folder / "one.smtp"), text)))


@pytest.mark.parametrize(
    ("name", "file", "status"),
    [
        ("swaks", "swaks.txt", Status.PASSED), ("bh", "typed.bh", Status.PASSED), ("bh", "typed_ahead.bh", Status.PASSED),
        ("bh", "piped.bh", Status.PASSED), ("commands", "typed.commands", Status.RECORDING),
    ],
)  # fmt: skip
def test_record_goes_as_it_says(tmp_path: Path, name: str, file: str, status: Status) -> None:
    path = RECORDS / file
    record = "EHLO x\nMAIL FROM:<>\nRCPT TO:<a@x.example>\nQUIT\n" if file.endswith("commands") else path.read_text("latin-1")
    text = imported(name, record)
    result = played(tmp_path, text)
    assert result.status is status, (text, result.failures, result.problems)
    assert "550" in text or name == "commands"


def test_decisions_and_log_lines_of_bh() -> None:
    text = imported("bh", (RECORDS / "typed.bh").read_text("latin-1"))
    assert "= acl acl_check_rcpt deny s.conf:5\n" in text
    assert "= log = H=(x) [192.0.2.7] F=<> rejected RCPT <a@x.example>: relay not permitted\n" in text
    assert 'client = "192.0.2.7"\n' in text
    assert "# assumed" not in text


def test_commands_of_bh_that_are_not_there() -> None:
    text = imported("bh", (RECORDS / "piped.bh").read_text("latin-1"))
    assert "# assumed: all commands: the output of a run that they were piped into does not have them\n" in text
    assert "> MAIL FROM:<>\n" in text
    assert "> RCPT TO:<a@x.example>\n< 550 relay not permitted\n" in text


def test_log_lines(tmp_path: Path) -> None:
    text = imported("log", (RECORDS / "reject.log").read_text("latin-1"))
    first, second, third = text.split("\n--- ")
    assert "clock = 2026-01-05T10:00:00Z\n" in first
    assert "> EHLO x\n> MAIL FROM:<>\n> RCPT TO:<a@x.example>\n< 550\n" in first
    assert "# assumed: the code of the answer\n" in first
    assert 'client = "192.0.2.9:4433"\nrdns = "mail.foo.example"\n' in second
    assert "> RCPT TO:<a@b.example>\n> RCPT TO:<c@d.example>\n> DATA\n" in second
    assert "tls = true\n" in third
    assert '> RCPT TO:<a@b.example>\n> DATA\n@"Received: from a by b\\n\\t; today\\nFrom: foo@bar\\nSubject: hello' in third
    assert "# left out: 2026-01-05 10:00:03 Start queue run: pid=12\n" in third
    result = played(tmp_path, first)
    assert result.status is Status.PASSED, result


LINES = [
    ("2026-01-05 10:00:00 H=(x) [192.0.2.7]:99 rejected EHLO or HELO x: no", "> EHLO x\n< 550\n"),
    ("2026-01-05 10:00:00 H=[192.0.2.7] rejected connection in \"connect\" ACL: no", "+++\n# assumed"),
    ("2026-01-05 10:00:00.123 [77] H=(x) [2001:db8::1] temporarily rejected MAIL <a@b>: later", "> MAIL FROM:<a@b>\n< 451\n"),
    ("2026-01-05 10:00:00 +0100 H=(x) [192.0.2.7] rejected MAIL <a@b>: no", "clock = 2026-01-05T10:00:00+01:00\n"),
    ("2026-01-05 10:00:00 1xWZ9M-000000003p7-21dX <= <> H=(x) [192.0.2.7] P=esmtpa A=plain:joe S=1", 'mechanism = "plain"\nid = "joe"\n'),
]  # fmt: skip


@pytest.mark.parametrize(("line", "part"), LINES)
def test_one_line_of_a_log(line: str, part: str) -> None:
    text = imported("log", line + "\n")
    assert part in text
    assert not session_of(SourceFile("one.smtp", text)).problems, text


@pytest.mark.parametrize("name", sorted(FORMATS))
@given(record=st.text(alphabet="<>-*=~ \n2026:[]().,ACHLORPTFEQUIDSabcx@/\"\x00\xff").map(lambda text: text * 2))
def test_anything_gives_a_session(name: str, record: str) -> None:
    text = imported(name, record)
    assert not session_of(SourceFile("one.smtp", text)).problems, text


def test_formats() -> None:
    assert set(FORMATS) <= set(formats())
    assert importer("nosuch") is None
