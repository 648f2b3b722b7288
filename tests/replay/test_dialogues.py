"""Sessions in which the configuration talks to hosts that the session records."""

from __future__ import annotations

from pathlib import Path

import pytest

from eximconf.replay.configurations import Configurations
from eximconf.replay.player import Player
from eximconf.replay.reading import session_of
from eximconf.replay.result import SessionResult, Status
from eximconf.source.text import SourceFile

CONFIGURATION = """\
primary_hostname = mx.here.example
acl_smtp_rcpt = check
begin acl
check:
  accept verify = recipient/callout=no_cache,5s
  deny message = no: $acl_verify_message
begin routers
all:
  driver = manualroute
  route_list = * 192.0.2.25
  transport = smtp
begin transports
smtp:
  driver = smtp
"""
TALK = """\
> EHLO client.example
> MAIL FROM:<a@away.example>
> RCPT TO:<bob@there.example>
"""
GREETED = "< 220 there\n> EHLO\n< 250-there\n< 250 PIPELINING\n"


def played(tmp_path: Path, remotes: str, expected: str) -> SessionResult:
    (tmp_path / "exim.conf").write_text(CONFIGURATION)
    text = f'+++\nclient = "192.0.2.1"\n[remotes]\n{remotes}\n+++\n{TALK}{expected}'
    player = Player(Configurations(str(tmp_path / "exim.conf")))
    return player.play(session_of(SourceFile(str(tmp_path / "one.smtp"), text)))


@pytest.mark.parametrize(
    ("remotes", "expected"),
    [
        (
            f"'192.0.2.25' = '''\n{GREETED}> MAIL FROM:<>\n> RCPT TO:<bob@there.example>\n< 250 ok\n< 250 ok\n'''",
            "< 250\n",
        ),
        (
            f"'192.0.2.25:25' = '''\n{GREETED}> MAIL\n< 250 ok\n> RCPT\n< 550 nobody\n'''",
            "< 550 no:\n",
        ),
        (f"'*' = '''\n{GREETED}> MAIL\n! timeout\n'''", "< 451\n"),
        (f"'*' = '''\n{GREETED}> MAIL\n! closed\n'''", "< 451\n= log ~ connection dropped$\n"),
        ("'*' = '< 554 go away'", "< 550 no:\n"),
        ("'192.0.2.25' = { fail = 'Connection refused' }", "< 451\n= log ~ : Connection refused$\n"),
    ],
)
def test_what_the_host_says(tmp_path: Path, remotes: str, expected: str) -> None:
    result = played(tmp_path, remotes, expected)
    assert result.status is Status.PASSED, result


@pytest.mark.parametrize(
    ("remotes", "missing"),
    [
        ("", "the callout for bob@there.example to 192.0.2.25 [192.0.2.25] is not recorded"),
        (f"'*' = '''\n{GREETED}'''", 'the host 192.0.2.25 was told "MAIL FROM:<>" where its dialogue ends'),
        (
            f"'*' = '''\n{GREETED}> MAIL FROM:<x>\n'''",
            'the host 192.0.2.25 was told "MAIL FROM:<>" where its dialogue has "> MAIL FROM:<x>"',
        ),
    ],
)
def test_what_is_missing(tmp_path: Path, remotes: str, missing: str) -> None:
    result = played(tmp_path, remotes, "< 451\n")
    assert result.status is Status.ERROR
    assert [one.message for _, one in result.missing] == [missing]
