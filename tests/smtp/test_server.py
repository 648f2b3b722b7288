"""What the server makes of facts that no conversation on standard input has: TLS, time, what is handed on."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from dataclasses import replace

import pytest
from smtp_talk import Player, configuration, services

from eximconf.smtp.events import (
    Accepted,
    AclRan,
    BatchFailed,
    Closed,
    Discarded,
    Event,
    LogEvent,
    Reply,
    TlsStarted,
    Waited,
)
from eximconf.smtp.facts import Facts, Manner, TlsFacts
from eximconf.smtp.server import SmtpServer

_BASE = "primary_hostname = mx.example.net\nreceived_header_text = Received: here\nacl_smtp_rcpt = accept\n"
_FACTS = Facts(client="192.0.2.7", client_port=4711, interface="192.0.2.1", interface_port=25, process=1234)
_TLS = TlsFacts(
    peer_dn="CN=client.example", sni="mx.example.net", peer_certificate="a certificate", verified=True
)


def _server(options: str, facts: Facts = _FACTS) -> SmtpServer:
    server = Player(configuration(_BASE + options)).server(facts)
    assert _replies(server.greet())[0].startswith("220 ")
    return server


def _replies(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Reply)]


def _log(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, LogEvent)]


def _say(server: SmtpServer, *commands: str) -> list[Event]:
    return [event for command in commands for event in server.receive(f"{command}\r\n")]


def test_accepted() -> None:
    server = _server(
        "acl_smtp_data = data\nbegin acl\ndata:\n  accept control = freeze\n         add_header = X-Added: 1\n"
    )
    events = _say(
        server, "EHLO a", "MAIL FROM:<a@b.example> RET=HDRS", "RCPT TO:<c@d.example>", "DATA", "X: y\r\n\r\n..\r\n."
    )  # fmt: skip
    (accepted,) = [event for event in events if isinstance(event, Accepted)]
    assert accepted.sender == "a@b.example"
    assert [recipient.address for recipient in accepted.recipients] == ["c@d.example"]
    assert [line.partition(":")[0] for line in accepted.headers] == ["Received", "X", "X-Added"]
    assert accepted.body == ".\n"
    assert accepted.frozen
    assert _replies(events)[-1] == f"250 OK id={accepted.id}\r\n"
    assert [event.phase for event in events if isinstance(event, AclRan)] == ["rcpt", "data"]


def test_discarded() -> None:
    server = _server("acl_smtp_data = discard\n")
    events = _say(server, "EHLO a", "MAIL FROM:<>", "RCPT TO:<c@d.example>", "DATA", "X: y\r\n\r\n.")
    (discarded,) = [event for event in events if isinstance(event, Discarded)]
    assert discarded.by == "DATA ACL"
    assert not [event for event in events if isinstance(event, Accepted)]


def test_tls() -> None:
    show = "warn logwrite = $tls_in_cipher $tls_in_sni $tls_in_peerdn $tls_in_certificate_verified $received_protocol"
    options = f"tls_try_verify_hosts = *\nacl_smtp_mail = show\nbegin acl\nshow:\n  {show}\n  accept\n"
    server = _server(options, replace(_FACTS, tls=_TLS))
    events = _say(server, "EHLO a", "STARTTLS")
    assert any(isinstance(event, TlsStarted) for event in events)
    assert "250-STARTTLS\r\n" in _replies(events)[0]
    assert _replies(events)[1] == "220 TLS go ahead\r\n"
    events = _say(server, "EHLO b", "STARTTLS", "MAIL FROM:<>")
    assert "STARTTLS" not in _replies(events)[0]
    assert _replies(events)[1] == "503 STARTTLS command used when not advertised\r\n"
    assert _log(events) == [f"{_TLS.cipher} mx.example.net CN=client.example 1 esmtps"]


def test_tls_forgets_what_was_said_before() -> None:
    server = _server("", replace(_FACTS, tls=_TLS))
    events = _say(
        server, "EHLO a", "MAIL FROM:<>", "STARTTLS", "RCPT TO:<a@b.example>", "MAIL FROM:<a@b.example>"
    )
    assert _replies(events)[2:] == [
        "220 TLS go ahead\r\n",
        "503 sender not yet given\r\n",
        "503 HELO or EHLO required\r\n",
    ]


@pytest.mark.parametrize(
    ("tls", "answers"),
    [
        (TlsFacts(failure="no certificate", local=True), ["454 TLS currently unavailable\r\n"]),
        (TlsFacts(failure="(SSL_accept): nonsense"), ["220 TLS go ahead\r\n"]),
    ],
)
def test_tls_that_fails(tls: TlsFacts, answers: list[str]) -> None:
    server = _server("", replace(_FACTS, tls=tls))
    events = _say(server, "EHLO a", "STARTTLS")
    assert _replies(events)[1:2] == answers
    assert _log(events)[0] == f"TLS error on connection from (a) [192.0.2.7] {tls.failure}"
    assert _replies(_say(server, "NOOP")) == ["250 OK\r\n" if tls.local else "554 Security failure\r\n"]


_CRAM = "begin authenticators\ncram:\n  driver = cram_md5\n  public_name = CRAM-MD5\n  server_secret = ${if eq{$auth1}{joe}{secret}fail}\n  server_set_id = $auth1\n"


@pytest.mark.parametrize(
    ("user", "secret", "code"),
    [("joe", "secret", "235"), ("joe", "wrong", "535"), ("ann", "secret", "535")],
)
def test_cram_md5(user: str, secret: str, code: str) -> None:
    server = _server(_CRAM)
    challenge = _replies(_say(server, "EHLO a", "AUTH CRAM-MD5"))[1]
    digest = hmac.new(secret.encode(), b64decode(challenge[4:]), "md5").hexdigest()
    events = _say(server, b64encode(f"{user} {digest}".encode()).decode())
    assert _replies(events)[0][:3] == code
    assert bool(server.context.variables.get("authenticated_id")) is (code == "235")


def test_external() -> None:
    options = (
        "begin authenticators\next:\n  driver = external\n  public_name = EXTERNAL\n"
        "  server_param2 = $tls_in_peerdn\n  server_condition = ${if eq{$auth2}{CN=client.example}}\n  server_set_id = $auth1\n"
    )  # fmt: skip
    server = _server(options, replace(_FACTS, tls=_TLS))
    events = _say(server, "EHLO a", "STARTTLS", "EHLO a", f"AUTH EXTERNAL {b64encode(b'joe').decode()}")
    assert _replies(events)[-1] == "235 Authentication succeeded\r\n"
    assert server.context.variables["authenticated_id"] == "joe"


def test_certificate_as_authentication() -> None:
    options = "tls_try_verify_hosts = *\nbegin authenticators\ncert:\n  driver = tls\n  server_param1 = $tls_in_peerdn\n  server_condition = yes\n  server_set_id = $auth1\n"
    server = _server(options, replace(_FACTS, tls=_TLS))
    _say(server, "EHLO a", "STARTTLS", "EHLO a")
    assert server.context.variables["authenticated_id"] == "CN=client.example"


def test_patience() -> None:
    server = _server("smtp_receive_timeout = 7s\n")
    assert server.patience == 7
    events = [*_say(server, "EHLO a"), *server.time_out()]
    assert _replies(events)[-1] == "421 mx.example.net: SMTP command timeout - closing connection\r\n"
    assert _log(events) == ["SMTP command timeout on connection from (a) [192.0.2.7] D=0s"]
    assert [event for event in events if isinstance(event, Closed)] == [Closed("command-timeout", True)]
    assert not server.time_out()


def test_patience_with_data() -> None:
    server = _server("")
    _say(server, "EHLO a", "MAIL FROM:<a@b.example>", "RCPT TO:<a@b.example>", "DATA", "Subject: x")
    events = server.time_out()
    assert _replies(events) == ["421 mx.example.net SMTP incoming data timeout - closing connection.\r\n"]
    assert _log(events) == [
        "SMTP data timeout (message abandoned) on connection from (a) [192.0.2.7] F=<a@b.example> D=0s"
    ]


class _VirtualClock:
    """A clock on which waiting is all that takes time."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += seconds


def test_rates_take_time() -> None:
    world = services()
    world.clock = _VirtualClock()
    options = "smtp_ratelimit_hosts = *\nsmtp_ratelimit_rcpt = 1,1s,2.0,3s\nsmtp_ratelimit_mail = 1,0.5s,1.5,60s\n"
    server = Player(configuration(_BASE + options)).server(_FACTS, services_of=world)
    server.greet()
    commands = [
        "EHLO a",
        "MAIL FROM:<>",
        *["RCPT TO:<a@b.example>"] * 5,
        "RSET",
        "MAIL FROM:<>",
        "RSET",
        "MAIL FROM:<>",
    ]
    waited = [event.seconds for event in _say(server, *commands) if isinstance(event, Waited)]
    assert waited == [1.0, 2.0, 3.0, 3.0, 0.5, 0.75]


def test_batch() -> None:
    server = Player(configuration(_BASE)).server(
        replace(_FACTS, client="", manner=Manner.BATCH, login="joe")
    )
    events = server.greet()
    message = "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n"
    events += server.receive(message + "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d@e>\r\n")
    assert not _replies(events)
    assert len([event for event in events if isinstance(event, Accepted)]) == 1
    (failed,) = [event for event in events if isinstance(event, BatchFailed)]
    assert (failed.started, failed.line, failed.command, failed.messages) == (7, 9, "RCPT TO:<c@d@e>", 1)


def test_several_connections_share_one_configuration() -> None:
    player = Player(configuration(_BASE))
    first, second = player.server(_FACTS), player.server(replace(_FACTS, client="192.0.2.8"))
    first.greet()
    second.greet()
    _say(first, "EHLO one", "MAIL FROM:<a@b.example>")
    assert _replies(_say(second, "EHLO two", "RCPT TO:<a@b.example>"))[1] == "503 sender not yet given\r\n"
    assert first.context.variables["sender_helo_name"] == "one"
    assert second.context.variables["sender_host_address"] == "192.0.2.8"
