"""Whatever a client sends is answered, in bounded time, and however it is cut into pieces."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from smtp_talk import SPOOL, Player, configuration
from talk_generated import Talks

from eximconf.smtp.events import BatchFailed, Closed, Event, Remark, Reply
from eximconf.smtp.facts import Facts, Manner

_CONFIGURATION = f"""{SPOOL}\
primary_hostname = mx.example.net
prdr_enable
dsn_advertise_hosts = *
smtp_max_synprot_errors = 1000
smtp_max_unknown_commands = 1000
acl_smtp_rcpt = accept
acl_smtp_mime = accept
acl_smtp_data = show
acl_smtp_etrn = deny
hosts_xclient = *
begin acl
show:
  warn logwrite = $h_subject: $message_body
  accept
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = yes
"""
_PROXIED = f"{SPOOL}primary_hostname = mx.example.net\nhosts_proxy = *\nacl_smtp_rcpt = accept\n"
_REPLY = re.compile(r"(\d{3}-[^\r]*\r\n)*\d{3} [^\r]*\r\n")
_WORDS = (
    "EHLO a\r\n", "HELO [1.2.3.4]\r\n", "MAIL FROM:<a@b.c>", "RCPT TO:<a@b.c>", " SIZE=1", " NOTIFY=NEVER", "DATA\r\n",
    "\r\n.\r\n", "BDAT 3 LAST\r\n", "BDAT 99999999999999999999\r\n", "AUTH PLAIN\r\n", "STARTTLS\r\n", "RSET\r\n", "QUIT",
    "Subject: x", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n", "From: <", "\r\n", "\n", "\r", "\0", ".", "..",
    " ", "\t", ":", "<", ">", "@", '"', "(", "\\", "XCLIENT ADDR=", "ETRN #", "PROXY TCP4 ", "\r\n\r\n\0\r\nQUIT\n",
)  # fmt: skip
_octets = st.lists(
    st.one_of(
        st.sampled_from(_WORDS),
        st.text(st.characters(max_codepoint=255), max_size=12),
        st.sampled_from(["a" * 600, "x" * 20_000]),
    ),
    max_size=40,
).map("".join)
_PLAYERS = {text: Player(configuration(text)) for text in (_CONFIGURATION, _PROXIED)}
_relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _events(pieces: list[str], manner: Manner, text: str = _CONFIGURATION) -> list[Event]:
    server = _PLAYERS[text].server(Facts(client="192.0.2.7", manner=manner, process=1234))
    events = server.greet()
    for piece in pieces:
        if server.open:
            events += server.receive(piece)
    if server.open:
        events += server.end_of_input()
    assert not server.open
    return events


@_relaxed
@given(_octets, st.sampled_from([Manner.SOCKET, Manner.TESTED, Manner.STANDARD_INPUT]))
def test_answered(octets: str, manner: Manner) -> None:
    events = _events([octets], manner)
    replies = [event.text for event in events if isinstance(event, Reply)]
    assert all(_REPLY.fullmatch(reply) for reply in replies)
    assert replies[0].startswith("220 ")
    assert len(events) <= 20 + 10 * (octets.count("\n") + octets.count("\r") + 1)
    assert sum(isinstance(event, Closed) for event in events) == 1


@_relaxed
@given(_octets)
def test_batch(octets: str) -> None:
    events = _events([octets], Manner.BATCH)
    assert not [event for event in events if isinstance(event, Reply)]
    assert sum(isinstance(event, BatchFailed) for event in events) <= 1


@_relaxed
@given(st.one_of(_octets, st.just("PROXY ").flatmap(lambda start: _octets.map(lambda rest: start + rest))))
def test_behind_a_proxy(octets: str) -> None:
    replies = [
        event.text for event in _events([octets], Manner.SOCKET, _PROXIED) if isinstance(event, Reply)
    ]
    assert replies[0][:3] == "220"


@_relaxed
@given(_octets, st.integers(1, 7))
def test_pieces_do_not_matter(octets: str, size: int) -> None:
    assume("starttls" not in octets.lower())  # what comes with it is not to be read: RFC 3207, 4.2
    whole = _events([octets], Manner.TESTED)
    pieces = _events([octets[at : at + size] for at in range(0, len(octets), size)], Manner.TESTED)
    assert _sent(whole) == _sent(pieces)


def _sent(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Reply | Remark)]


@pytest.mark.parametrize("seed", range(20))
def test_pieces_of_talks_do_not_matter(seed: int) -> None:
    talk = Talks(seed)
    player = Player(configuration(SPOOL + talk.configuration))
    whole = player.play([talk.octets], talk.client)
    pieces = player.play(list(talk.octets), talk.client)
    assert whole.replies == pieces.replies
    if (
        "pipelining" not in talk.configuration and "+all" not in talk.configuration
    ):  # who sends ahead is logged
        assert whole.report == pieces.report


_MEGABYTE = 1 << 20
_OPEN = "EHLO a\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<a@b.c>\r\nDATA\r\n"
_LARGE = {
    "one line": "x" * _MEGABYTE,
    "empty lines": "\r\n" * (_MEGABYTE // 16),
    "addresses": "MAIL FROM:<" + "a," * (_MEGABYTE // 2) + "\r\n",
    "comments": "MAIL FROM:" + "(" * _MEGABYTE + "\r\n",
    "parameters": "EHLO a\r\nMAIL FROM:<a@b.c>" + " SIZE=1" * 20_000 + "\r\n",
    "folded header": _OPEN + "Subject: x\r\n" + " \r\n" * (_MEGABYTE // 4) + "\r\n.\r\n",
    "folded by CR": _OPEN + "Subject: x\r\n" + " \r" * (_MEGABYTE // 4) + "\r\n\r\n.\r\n",
    "header lines": _OPEN + "X: y\r\n" * (_MEGABYTE // 6) + "\r\n.\r\n",
    "dots": _OPEN + "\r\n" + ".\r" * (_MEGABYTE // 4) + "\r\n.\r\n",
    "recipients in a header": _OPEN + "To: " + "a, " * (_MEGABYTE // 8) + "\r\n\r\n.\r\n",
    "boundaries": _OPEN + "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + "--x\r\n" * 20_000 + "\r\n.\r\n",
    "chunks": "EHLO a\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<a@b.c>\r\n" + "BDAT 1\r\nx" * 20_000,
}  # fmt: skip


@pytest.mark.parametrize("name", _LARGE)
def test_large_input_takes_bounded_time(name: str) -> None:
    started = time.process_time()
    events = _events([_LARGE[name]], Manner.TESTED)
    assert time.process_time() - started < 20
    assert events


def test_large_input_in_pieces_takes_bounded_time() -> None:
    octets = _OPEN + "Subject: x\r\n\r\n" + "line\r\n" * (_MEGABYTE // 6) + ".\r\nQUIT\r\n"
    started = time.process_time()
    events = _events([octets[at : at + 100] for at in range(0, len(octets), 100)], Manner.TESTED)
    assert time.process_time() - started < 20
    assert any(text.startswith("250 OK id=") for text in _sent(events))
