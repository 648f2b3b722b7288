"""Playing sessions: what expectations are about, time, several connections, messages, and who listens."""

from __future__ import annotations

from pathlib import Path

import pytest
from playing import Play

from eximconf.replay.player import Ways
from eximconf.replay.result import SessionResult, Status

CONFIGURATION = """\
acl_smtp_rcpt = check
acl_smtp_data = check_data
begin acl
check:
  accept local_parts = ann
  accept acl = inner
  deny local_parts = x
inner:
  accept local_parts = deep
check_data:
  accept
"""


def failures(result: SessionResult) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(failure.line, failure.expected, failure.got) for failure in result.failures]


HEAD = "> EHLO me.example\n> MAIL FROM:<a@b.example>\n"

TRUE = [
    "> RCPT TO:<ann@x>\n< 250 Accepted\n= acl check accept\n= acl check accept exim.conf:6\n= not acl check deny",
    "> RCPT TO:<deep@x>\n= acl inner accept\n= acl check accept exim.conf:7",
    "> RCPT TO:<bob@x>\n< 550\n= acl check end\n= rejected\n= rejected 550\n= not deferred\n= not accepted",
    "> RCPT TO:<x@x>\n= acl check deny exim.conf:8\n= log ~ rejected RCPT <x@x>$\n= mainlog ~ .\n= not paniclog ~ .",
    "> RCPT TO:<x@x>\n= log = H=(me.example) [192.0.2.1] F=<a@b.example> rejected RCPT <x@x>",
    "> RCPT TO:<ann@x>\n> DATA\n< 354\n@\"Subject: one\\n\\n.two\\n\"\n= accepted\n= body ~ ^\\.two\\n$\n= header subject = one\n= not header X",
    "> RCPT TO:<ann@x>\n@bdat \"Subject: one\\n\\ntwo\\n\"\n< 250\n= accepted\n= recipients = ann@x\n= sender = a@b.example",
    "> RCPT TO:<ann@x>\n@bdat 10 \"Subject: one\\n\\ntwo\\n\"\n< 250 10 byte chunk received\n< 250\n< 250-\n= accepted",
    "> NOOP\n= not log ~ .\n= variable $primary_hostname = mx.example.net\n= trace ~ .\n> QUIT\n= closed quit\n= not waited",
    ">\"NOOP\\r\\nNO\"\n< 250\n<!\n>\"OP\\r\\n\"\n< 250 OK",
    "> RSET\n>+ NOOP\n>+ QUIT\n< 250 Reset OK\n< 250 OK\n<~ ^221",
    "+ 1h\n> NOOP\n= variable tod_epoch = 1767229200",
]  # fmt: skip


@pytest.mark.parametrize("dialogue", TRUE)
def test_comes_true(play: Play, dialogue: str) -> None:
    result = play(HEAD + dialogue.replace("= trace ~ .\n", "") + "\n", CONFIGURATION)
    assert result.status is Status.PASSED, failures(result)


FALSE = [
    ("> NOOP\n< 251", 4, ("< 250 OK",)),
    ("> NOOP\n< 250 Fine", 4, ("< 250 OK",)),
    ("> NOOP\n<~ ^251", 4, ("< 250 OK",)),
    ("> NOOP\n<~ (", 4, ("< 250 OK",)),
    ("> NOOP\n<! 250", 4, ("< 250 OK",)),
    ("> NOOP\n<!", 4, ("< 250 OK",)),
    ("> NOOP\n< 250\n< 250", 5, ()),
    ("> RCPT TO:<bob@x>\n= acl check deny", 4, ("= acl check end",)),
    ("> RCPT TO:<x@x>\n= acl check deny exim.conf:9", 4, ("= acl check deny exim.conf:8",)),
    ("> RCPT TO:<deep@x>\n= not acl inner accept", 4, ("= acl inner accept exim.conf:10", "= acl check accept exim.conf:7")),
    ("> NOOP\n= acl check deny", 4, ()),
    ("> NOOP\n= accepted", 4, ("< 250 OK",)),
    ("> NOOP\n= variable primary_hostname = x", 4, ("mx.example.net",)),
    ("> NOOP\n= header x = y", 4, ()),
    ("> NOOP\n= closed", 4, ("the connection is open",)),
    ("> NOOP\n= waited 5s", 4, ("waited 0s",)),
    ("> QUIT\n> NOOP\n< 250", 5, ()),
    ("@\"Subject: x\\n\"", 3, ()),
    ("@ nosuch.eml", 3, ()),
    ("@ a\0b.eml", 3, ()),
]  # fmt: skip


@pytest.mark.parametrize(("dialogue", "line", "got"), FALSE)
def test_does_not_come_true(play: Play, dialogue: str, line: int, got: tuple[str, ...]) -> None:
    result = play(f"{HEAD}{dialogue}\n", CONFIGURATION)
    assert result.status is Status.FAILED
    (at, _, came), *_ = failures(result)
    assert (at, came) == (line, got) or dialogue.endswith("(")


def test_failure_is_explained(play: Play) -> None:
    result = play(f"{HEAD}> RCPT TO:<x@x>\n< 250\n", CONFIGURATION)
    (step,) = [step for one in result.conversations for step in one.steps if step.failures]
    shown = [(entry.place.rpartition("/")[2], entry.text, entry.result, entry.decides) for entry in step.trace]
    assert shown == [
        ("", "acl_smtp_rcpt = check", "", False),
        ("exim.conf:6", "check accept", "false", False),
        ("exim.conf:6", "local_parts = ann", "false", False),
        ("exim.conf:7", "check accept", "false", False),
        ("exim.conf:10", "inner accept", "false", False),
        ("exim.conf:10", "local_parts = deep", "false", False),
        ("exim.conf:7", "acl = inner", "false", False),
        ("exim.conf:8", "check deny", "DENY", True),
        ("exim.conf:8", "local_parts = x", "true", False),
        ("", "DENY", "", False),
    ]
    assert step.logged == ("main+reject: H=(me.example) [192.0.2.1] F=<a@b.example> rejected RCPT <x@x>",)


RATES = """\
acl_smtp_rcpt = check
begin acl
check:
  defer ratelimit = 1.5 / 1h / per_rcpt / strict
  deny !seen = -1h / key=$local_part
       delay = 10s
       message = first
  accept
"""


def test_connections_share_state_and_time(play: Play) -> None:
    session = (
        f"{HEAD}> RCPT TO:<ann@x>\n< 550 first\n= waited 10s\n= variable tod_epoch = 1767225610\n--- two\n"
        f"{HEAD}> RCPT TO:<ann@x>\n< 451\n+ 3h\n---\n{HEAD}> RCPT TO:<ann@x>\n< 250\n"
        f"---\n+++\nclient = '192.0.2.9'\n[ratelimit]\n'1h/per_rcpt/192.0.2.9' = {{ rate = 9.0, age = '1m' }}\n+++\n"
        f"{HEAD}> RCPT TO:<ann@x>\n< 451\n"
    )
    result = play(session, RATES)
    assert result.status is Status.PASSED, failures(result)
    assert [one.title for one in result.conversations] == ["", "two", "", ""]


def test_records_can_be_kept_in_a_file(play: Play, tmp_path: Path) -> None:
    session = f"+++\nhints = 'state.sqlite'\n+++\n{HEAD}> RCPT TO:<ann@x>\n< 550\n"
    assert play(session, RATES).status is Status.PASSED
    assert (tmp_path / "state.sqlite").exists()
    result = play(session, RATES)
    assert result.status is Status.FAILED
    assert failures(result)[0][2] == ("< 451 Temporary local problem - please try later",)


def test_silence_and_going(play: Play) -> None:
    configuration = "acl_smtp_notquit = gone\nbegin acl\ngone:\n  accept logwrite = $smtp_notquit_reason\n"
    assert play(">! close\n= log = connection-lost\n= closed connection-lost\n", configuration).good
    assert play("> HELO x\n>! timeout\n< 421\n= log = command-timeout\n= variable tod_epoch = 1767225900\n", configuration).good


def test_facts_of_a_connection(play: Play) -> None:
    configuration = (
        "host_lookup = *\nacl_smtp_helo = check\nbegin acl\ncheck:\n"
        "  accept logwrite = $sender_host_name $sender_host_port $received_ip_address:$received_port $sender_ident "
        "$tls_in_cipher $sender_host_authenticated:$authenticated_id $tls_in_peerdn\n"
    )
    values = (
        "client = '[2001:db8::7]:1234'\ninterface = '192.0.2.1:25'\nident = 'joe'\nrdns = ['a.example', 'b.example']\n"
        "auth = { mechanism = 'plain', id = 'ann' }\ntls = { cipher = 'X', peer_dn = 'CN=x', on_connect = true }\n"
    )
    expected = "a.example 1234 192.0.2.1:25 joe X plain:ann CN=x"
    result = play(f"+++\n{values}+++\n> EHLO x\n= log = {expected}\n", configuration)
    assert result.status is Status.PASSED, failures(result)


@pytest.mark.parametrize("client", ["192.0.2.1.5", "x", "192.0.2.1:99999", "[x]"])
def test_no_address(play: Play, client: str) -> None:
    result = play(f"+++\nclient = '{client}'\n+++\n> EHLO x\n< 250\n")
    assert result.status is Status.ERROR
    assert "is not an IP address" in result.problems[0].message


def test_configuration_that_does_not_start(play: Play) -> None:
    result = play("> EHLO x\n< 250\n", "nosuch = 1\n")
    assert result.status is Status.ERROR
    assert 'exim.conf:2:1: main option "nosuch" unknown' in result.problems[0].message


def test_recording_shows_everything(play: Play) -> None:
    result = play(f"{HEAD}> RCPT TO:<ann@x>\n", CONFIGURATION)
    assert result.status is Status.RECORDING
    steps = result.conversations[0].steps
    assert [step.sent for step in steps] == [(), ("> EHLO me.example",), ("> MAIL FROM:<a@b.example>",), ("> RCPT TO:<ann@x>",)]
    assert steps[-1].decisions == ("acl check accept exim.conf:6",)


def test_passing_quietly_keeps_nothing(play: Play) -> None:
    result = play(f"{HEAD}> RCPT TO:<ann@x>\n< 250\n", CONFIGURATION)
    assert result.conversations[0].steps == ()
    assert play(f"{HEAD}> RCPT TO:<ann@x>\n< 250\n", CONFIGURATION, Ways(explains=True)).conversations[0].steps != ()
