"""What is written into session files: expectations anew, and answers of live services."""

from __future__ import annotations

from pathlib import Path

import pytest

from eximconf.dns.recorded import RecordedDns
from eximconf.dns.zone_text import parse_zone_text
from eximconf.replay.reading import read_session
from eximconf.replay.recording import CannotRecord, Recording
from eximconf.replay.result import Status
from eximconf.replay.suite import Plan, Runner
from eximconf.runtime.lookup_answer import LookupAnswer
from eximconf.runtime.services import Files, Services

CONFIGURATION = """\
primary_hostname = mx.example.net
acl_smtp_rcpt = check
acl_smtp_data = check_data
begin acl
check:
  deny local_parts = x
       message = never
  warn set acl_m_x = yes
  accept
check_data:
  warn add_header = X-A: b
  accept
"""
BEFORE = """\
+++
title = "old"   # a comment
config = "exim.conf"
+++
# the banner
< 221
> EHLO me.example
< 250-NOSUCH
< 250-SIZE
< 250
> MAIL FROM:<a@b.example>
< 251 Fine
> RCPT TO:<x@y.example>
<~ ^250
= acl check accept
= log = nothing
= accepted
> RCPT TO:<ann@y.example>
< 250 Accepted
= acl check accept exim.conf:6
= variable acl_m_x = no
= not acl check accept
> DATA
@"Subject: x\\n\\ny\\n"
< 550
= header X-A = c
= header X-B
= recipients = joe@y.example
= rejected
> QUIT
= closed refused
"""
AFTER = """\
+++
title = "old"   # a comment
config = "exim.conf"
+++
# the banner
< 220
> EHLO me.example
< 250-mx.example.net Hello me.example [192.0.2.1]
< 250-SIZE 52428800
< 250-LIMITS MAILMAX=1000 RCPTMAX=50000
< 250-8BITMIME
< 250-PIPELINING
< 250-PIPECONNECT
< 250-CHUNKING
< 250-STARTTLS
< 250-SMTPUTF8
< 250 HELP
> MAIL FROM:<a@b.example>
< 250 OK
> RCPT TO:<x@y.example>
< 550 never
= acl check deny
= log = H=(me.example) [192.0.2.1] F=<a@b.example> rejected RCPT <x@y.example>: never
= rejected
> RCPT TO:<ann@y.example>
< 250 Accepted
= acl check accept exim.conf:9
= variable acl_m_x = yes
> DATA
@"Subject: x\\n\\ny\\n"
< 250
= header X-A = b
= recipients = ann@y.example
= accepted
> QUIT
= closed quit
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "exim.conf").write_text(CONFIGURATION)
    return tmp_path


def run(folder: Path, text: str, plan: Plan) -> tuple[str, Status]:
    path = folder / "one.smtp"
    path.write_text(text)
    result = Runner(plan).run_file(str(path))
    assert result is not None
    return path.read_text(), result.status


def test_update(folder: Path) -> None:
    text, status = run(folder, BEFORE, Plan(updates=True))
    assert text == AFTER
    assert status is Status.PASSED


def test_update_leaves_alone_what_comes_true(folder: Path) -> None:
    assert run(folder, AFTER, Plan(updates=True)) == (AFTER, Status.PASSED)


def test_update_fills_a_recording(folder: Path) -> None:
    recording = "+++\nconfig = 'exim.conf'\n+++\n> HELO x\n> MAIL FROM:<>\n> RCPT TO:<x@y>\n--- again\n# hello\n> QUIT"
    text, status = run(folder, recording, Plan(updates=True))
    assert status is Status.PASSED
    assert text.startswith("+++\nconfig = 'exim.conf'\n+++\n< 220 mx.example.net ESMTP")
    assert "> RCPT TO:<x@y>\n< 550 never\n= acl check deny exim.conf:6\n--- again\n< 220 " in text
    assert text.endswith("# hello\n> QUIT\n< 221 mx.example.net closing connection\n")


def test_update_does_not_touch_what_is_wrong(folder: Path) -> None:
    assert run(folder, "nonsense\n< 250\n", Plan("exim.conf", updates=True)) == (
        "nonsense\n< 250\n",
        Status.ERROR,
    )


class _Files:
    """A folder ``/etc`` with one file."""

    def read(self, path: str) -> str:
        if path != "/etc/list":
            raise FileNotFoundError(2, "No such file or directory", path)
        return "ann: one\nbob: two\n"

    def stamp(self, path: str) -> object:
        return self.read(path)

    def kind(self, path: str) -> str:
        self.read(path)
        return "file"

    def stat(self, path: str) -> object:
        import os

        self.read(path)
        return os.stat_result((0o100644, 1, 1, 1, 0, 0, 18, 0, 0, 0))

    lstat = stat

    def list(self, path: str) -> list[str]:
        return ["list"]

    def locate(self, path: str) -> str:
        return path


class _Processes:
    def run(self, argv: list[str], how: object = None) -> tuple[str, int]:
        return " ".join(argv), len(argv)


def live() -> Services:
    """A world that is not recorded."""
    zone = parse_zone_text(
        "b.example. 300 MX 10 mx.b.example.\nmx.b.example. A 192.0.2.3\nno.example. MX NXDOMAIN"
    )
    files: Files = _Files()  # type: ignore[assignment]
    return Services(files=files, processes=_Processes(), dns=RecordedDns(zone))


LIVE_CONFIGURATION = """\
primary_hostname = mx.example.net
acl_smtp_rcpt = check
begin acl
check:
  warn set acl_m_a = ${lookup{$local_part}lsearch{/etc/list}{$value}{none}}
  warn set acl_m_b = ${run{/bin/x one $local_part}{ok}{$runrc $value}}
  warn set acl_m_c = ${lookup dnsdb{mx=b.example}} ${lookup dnsdb{mx=no.example}{found}{none}}
  warn set acl_m_d = ${if exists{/etc/list}{yes}} ${if exists{/etc/nosuch}{yes}{no}}
  accept
"""
DIALOGUE = """\
> EHLO x
> MAIL FROM:<>
> RCPT TO:<bob@x>
= variable acl_m_a = two
= variable acl_m_b = 3 /bin/x one bob
= variable acl_m_c = 10 mx.b.example none
= variable acl_m_d = yes no
> RCPT TO:<joe@x>
= variable acl_m_a = none
"""


@pytest.mark.parametrize(
    "front",
    [
        "",
        "+++\n# mine\ntitle = 'x' # keep\ndns = '''\nother.example. A 192.0.2.9\n'''\n\n[run]\n'y' = 'z' # too\n+++\n",
    ],
)
def test_record(folder: Path, front: str) -> None:
    (folder / "exim.conf").write_text(LIVE_CONFIGURATION)
    config = str(folder / "exim.conf")
    assert run(folder, front + DIALOGUE, Plan(config))[1] is Status.ERROR
    text, status = run(folder, front + DIALOGUE, Plan(config, live=live, records=True))
    assert status is Status.PASSED
    assert text.endswith(f"+++\n{DIALOGUE}")
    for kept in ("# mine", "title = 'x' # keep", "other.example. A 192.0.2.9", "'y' = 'z' # too"):
        assert (kept in text) == (kept in front)
    assert run(folder, text, Plan(config))[1] is Status.PASSED
    assert run(folder, text, Plan(config, live=live, records=True)) == (text, Status.PASSED)
    assert "b.example. 300 MX 10 mx.b.example.\n" in text
    assert "no.example. MX NXDOMAIN\n" in text


def test_zone_file_cannot_take_answers(folder: Path) -> None:
    path = folder / "one.smtp"
    path.write_text("+++\ndns = { file = 'zone' }\n+++\n> QUIT\n")
    recording = Recording()
    recording.zone["x. A NXDOMAIN"] = None
    with pytest.raises(CannotRecord, match="in a file of its own"):
        recording.written(read_session(str(path)))


def test_an_answer_that_changes_gets_a_block_of_its_own(folder: Path) -> None:
    path = folder / "session.smtp"
    path.write_text("+++\nconfig = 'exim.conf'\n+++\n> HELO x\n< 250\n> QUIT\n")
    session = read_session(str(path))
    _, helo, quit_ = session.conversations[0].steps
    recording = Recording()
    for at, value in ((helo.start, "1"), (helo.start, "1"), (quit_.start, "2")):
        recording.lookup("redis", "", "GET x", LookupAnswer(value), at)
    assert recording.written(session) == (
        '+++\nconfig = \'exim.conf\'\n\n[lookup.redis]\n"GET x" = "1"\n+++\n> HELO x\n< 250\n'
        '+++\n[lookup.redis]\n"GET x" = "2"\n+++\n> QUIT\n'
    )
    recording.lookup("redis", "", "GET x", LookupAnswer("3"), quit_.start)
    with pytest.raises(CannotRecord, match="two answers in one step"):
        recording.written(session)


def test_lookups_are_recorded_in_place_of_their_file(folder: Path) -> None:
    path = folder / "one.smtp"
    path.write_text("> QUIT\n")
    recording = Recording()
    recording.file("/etc/list", "ann: one\n")
    recording.lookup("lsearch", "/etc/list", "ann", LookupAnswer("one"))
    recording.lookup("pgsql", "", "SELECT 1", LookupAnswer(None))
    text = recording.written(read_session(str(path)))
    assert text == (
        '+++\n[files]\n"/etc/list" = ""\n\n[lookup.lsearch."/etc/list"]\nann = "one"\n\n'
        '[lookup.pgsql]\n"SELECT 1" = false\n+++\n> QUIT\n'
    )
