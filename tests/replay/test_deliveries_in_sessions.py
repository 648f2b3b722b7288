"""What sessions say of deliveries, and assert about them."""

from __future__ import annotations

import sys

import pytest
from playing import Play

from eximconf.replay.result import SessionResult, Status

CONFIG = """\
acl_smtp_rcpt = accept
begin routers
mailboxes:
  driver = accept
  domains = example.net
  local_parts = ! stray
  transport = mailbox
out:
  driver = manualroute
  domains = ! nowhere.example : ! example.net
  route_list = * mx.example.com
  transport = smtp
begin transports
mailbox:
  driver = appendfile
  file = /var/mail/x
smtp:
  driver = smtp
  event_action = ${if eq{$event_name}{smtp:ehlo}{$event_data}}${if eq{$event_name}{msg:delivery}{${lookup pgsql{select '$host'}}}}
begin retry
* * F,1h,1m
"""
FRONT = """\
+++
config = "exim.conf"
dns = "mx.example.com. A 192.0.2.25"
[lookup.pgsql]
"select 'mx.example.com'" = "7"
"select 'inner'" = "8"
"""


def dialogue(*recipients: str) -> str:
    to = "".join(f"> RCPT TO:<{one}>\n" for one in recipients)
    return f'+++\n> EHLO x\n> MAIL FROM:<a@x.example>\n{to}> DATA\n@"Subject: x\\n\\nx\\n"\n'


def texts(result: SessionResult) -> str:
    return "\n".join(got for failure in result.failures for got in (*failure.got, failure.note))


HOST = '[deliver.hosts]\n"mx.example.com" = { ehlo = "250-mx\\n250 HELP" }\n'


@pytest.mark.parametrize(
    "line",
    [
        "= event msg:delivery", "= event msg:delivery = 250 OK", "= event msg:delivery ~ ^250", "= not event msg:defer",
        "= events ~ tcp:close, msg:delivery, msg:complete$", "= given smtp:ehlo", "= given smtp:ehlo ~ (?s)^250-mx.250 HELP$",
        "= given msg:delivery = 7", "= not given tcp:connect", "= lookup pgsql", "= lookup pgsql = select 'mx.example.com'",
        "= lookup pgsql ~ ^select", "= not lookup mysql", "= log ~ Completed$",
    ],
)  # fmt: skip
def test_true(play: Play, line: str) -> None:
    result = play(f"{FRONT}{HOST}{dialogue('b@example.com')}{line}\n", CONFIG)
    assert result.status is Status.PASSED, texts(result)


@pytest.mark.parametrize(
    ("line", "got"),
    [
        ("= event msg:delivery = 250", "event msg:delivery = 250 OK"),
        (
            "= events = tcp:connect, msg:delivery",
            "tcp:connect, smtp:connect, smtp:ehlo, tcp:close, msg:delivery, msg:complete",
        ),
        ("= given msg:delivery = 8", "7"),
        ("= lookup pgsql ~ insert", "select 'mx.example.com'"),
        ("= given tcp:close", "there is none"),
    ],
)
def test_false(play: Play, line: str, got: str) -> None:
    result = play(f"{FRONT}{HOST}{dialogue('b@example.com')}{line}\n", CONFIG)
    assert result.status is Status.FAILED
    assert got.removeprefix("event msg:delivery = ") in texts(result)


@pytest.mark.parametrize(
    ("recipient", "table", "lines"),
    [
        (
            "b@example.com",
            "deliver.hosts",
            ('"192.0.2.25" = "250 OK"', '"192.0.2.25" = { error = "Connection refused" }'),
        ),
        (
            "joe@example.net",
            "deliver.local",
            ('"mailbox" = "ok"', '"mailbox" = { result = "defer", message = "..." }'),
        ),
    ],
)
def test_what_is_not_recorded_is_told(
    play: Play, recipient: str, table: str, lines: tuple[str, ...]
) -> None:
    result = play(f"{FRONT}[deliver]\n{dialogue(recipient)}= accepted\n", CONFIG)
    assert result.status is Status.ERROR
    assert [(one.table, one.lines) for _, one in result.missing] == [(table, lines)]


@pytest.mark.parametrize(
    ("values", "recipient", "log"),
    [
        ('local."joe@example.net" = "ok"\nlocal.mailbox = "fail"', "joe@example.net", r"=> joe <joe@example\.net> R=mailboxes T=mailbox$"),
        ('local."@example.net" = "fail"', "joe@example.net", r"\*\* joe@example\.net R=mailboxes T=mailbox$"),
        ('local."*" = { result = "defer", errno = 2, message = "no folder" }', "joe@example.net",
         r"== joe@example\.net R=mailboxes T=mailbox defer \(2\): No such file or directory: no folder$"),
        ('recipients."b@nowhere.example" = "ok"', "b@nowhere.example", r"=> b@nowhere\.example$"),
        ('recipients."b@nowhere.example" = { transport = "smtp", hosts = ["inner [192.0.2.9]:2525"] }\nhosts."192.0.2.9:2525" = "250 in"',
         "b@nowhere.example", r'=> b@nowhere\.example T=smtp H=inner \[192\.0\.2\.9\] C="250 in"$'),
        ('recipients."b@nowhere.example" = { transport = "nosuch" }', "b@nowhere.example", r"== b@nowhere\.example routing defer \(-1\): transport nosuch"),
        ('hosts."*" = false', "b@example.com", r"== b@example\.com R=out T=smtp defer \(111\): Connection refused$"),
        ('hosts."mx.example.com" = { error = "Network is unreachable" }', "b@example.com", r"defer \(101\): Network is unreachable$"),
        ('hosts."mx.example.com" = { error = "odd", errno = 7 }', "b@example.com", r"defer \(7\): Argument list too long: odd$"),
        ('hosts."mx.example.com:25" = "550 never"', "b@example.com", r"\*\* b@example\.com .* : SMTP error .* end of data: 550 never$"),
        ("local = {}", "b@nowhere.example", r"\*\* b@nowhere\.example : Unrouteable address$"),
    ],
)  # fmt: skip
def test_what_is_recorded(play: Play, values: str, recipient: str, log: str) -> None:
    result = play(f"{FRONT}[deliver]\n{values}\n{dialogue(recipient)}= log ~ {log}\n", CONFIG)
    assert result.status is Status.PASSED, texts(result)


def test_nothing_goes_out_unless_the_session_says_so(play: Play) -> None:
    result = play(
        f"{FRONT}{dialogue('b@example.com')}= accepted\n= not log ~ =>\n= not event tcp:connect\n", CONFIG
    )
    assert result.status is Status.PASSED, texts(result)


@pytest.mark.parametrize("control", ["freeze", "queue_only"])
def test_messages_that_wait(play: Play, control: str) -> None:
    config = CONFIG.replace(
        "acl_smtp_rcpt = accept", f"acl_smtp_rcpt = a\nbegin acl\na:\n  accept control = {control}"
    )
    result = play(f"{FRONT}{HOST}{dialogue('b@example.com')}= accepted\n= not event tcp:connect\n", config)
    assert result.status is Status.PASSED, texts(result)


def test_known_later_in_the_connection(play: Play) -> None:
    text = f"{FRONT}{dialogue('b@example.com')}= not log ~ =>\n+++\n{HOST}+++\n> MAIL FROM:<a@x.example>\n> RCPT TO:<b@example.com>\n"
    result = play(text + '> DATA\n@"Subject: x\\n\\nx\\n"\n= log ~ => b@example\\.com\n', CONFIG)
    assert result.status is Status.PASSED, texts(result)


def test_variables_of_the_message_are_seen(play: Play) -> None:
    config = CONFIG.replace("acl_smtp_rcpt = accept", "acl_smtp_rcpt = a").replace(
        "begin routers",
        "begin acl\na:\n  accept set acl_m_x = of the message\n         set acl_c_y = of the client\n"
        "say:\n  accept logwrite = $event_name: $acl_m_x, $acl_c_y, $sender_address, $sender_host_address, $h_subject:, $message_size\n"
        "begin routers",
        1,
    )
    config = config.replace(
        "event_action = ${if eq{$event_name}{smtp:ehlo}{$event_data}}", "event_action = ${acl{say}}", 1
    )
    result = play(
        f"{FRONT}{HOST}{dialogue('b@example.com')}"
        r"= log ~ tcp:connect: of the message, of the client, a@x\.example, 192\.0\.2\.1, x, [1-9]" + "\n", config
    )  # fmt: skip
    assert result.status is Status.PASSED, texts(result)


@pytest.mark.parametrize(
    ("event", "variable", "tainted"),
    [
        ("smtp:connect", "event_data", True), ("msg:rcpt:host:defer", "event_data", True), ("msg:delivery", "event_data", False),
        ("tcp:connect", "event_name", False), ("tcp:connect", "domain", True), ("tcp:connect", "host", False),
        ("msg:delivery", "sender_address", True), ("msg:delivery", "router_name", False),
    ],
)  # fmt: skip
def test_what_is_from_outside(play: Play, event: str, variable: str, tainted: bool) -> None:
    """As on 4.100-dev, where what the process of the transport tells the one that logs counts as its own."""
    config = CONFIG.replace(
        "event_action = ${if eq{$event_name}{smtp:ehlo}", f"event_action = ${{if eq{{$event_name}}{{{event}}}{{${{run{{/bin/${variable}}}}}}}}}${{if eq{{$event_name}}{{x}}", 1
    )  # fmt: skip
    host = '[run]\n"/bin/x" = "y"\n[deliver.hosts]\n"*" = { rcpt = { "c@example.com" = "450 no" } }\n'
    result = play(
        f"{FRONT}{host}{dialogue('b@example.com', 'c@example.com')}= log ~ create child process: Operation not permitted\n",
        config,
    )
    assert (result.status is Status.PASSED) is tainted, (texts(result), result.missing)


def test_actions_and_variables_of_4_82(play: Play) -> None:
    """Two options, each for one event, with variables of their own."""
    names = "$tpda_delivery_ip $tpda_delivery_port $tpda_delivery_fqdn $tpda_delivery_local_part $tpda_delivery_domain"
    config = (
        CONFIG[: CONFIG.index("  event_action")]
        + f"  tpda_delivery_action = ${{acl{{say}}{{{names} $tpda_delivery_confirmation}}}}\n"
        + f"  tpda_host_defer_action = ${{acl{{say}}{{{names} $tpda_defer_errno $tpda_defer_errstr}}}}\n"
        + "begin retry\n* * F,1h,1m\nbegin acl\nsay:\n  accept logwrite = said: $acl_arg1\n"
    ).replace("* mx.example.com", "* 192.0.2.1:192.0.2.2")
    front = FRONT.replace('config = "exim.conf"', 'target = "4.82"').replace(
        "[lookup", "[deliver.hosts]\n'192.0.2.1' = false\n'192.0.2.2' = '250 OK'\n[lookup", 1
    )
    result = play(
        f"{front}{dialogue('b@example.com')}"
        "= log ~ said: 192\\.0\\.2\\.1 25 192\\.0\\.2\\.1 b example\\.com 111 Connection refused$\n"
        "= log ~ said: 192\\.0\\.2\\.2 25 192\\.0\\.2\\.2 b example\\.com 250 OK$\n", config
    )  # fmt: skip
    assert result.status is Status.PASSED, (texts(result), result.problems)


def test_a_certificate_that_is_not_there(play: Play) -> None:
    table = '[deliver.hosts]\n"*" = { tls = { chain = { file = "nowhere.pem" } } }\n'
    result = play(f"{FRONT}{table}{dialogue('b@example.com')}= accepted\n", CONFIG)
    assert result.status is Status.ERROR
    assert "nowhere.pem" in result.problems[0].message


REPLIES = [
    '""',
    '"250"',
    '"250-"',
    '"250-a\\n550 b"',
    '"999 x"',
    '"\\u0000"',
    '"220"',
    "false",
    '"421"',
    '"2500 x"',
    '"250\\n\\n250 x"',
]


@pytest.mark.parametrize("reply", REPLIES)
@pytest.mark.parametrize(
    "key", ["banner", "ehlo", "helo", "starttls", "auth", "mail", "rcpt", "data", "message"]
)
def test_any_reply(play: Play, key: str, reply: str) -> None:
    """No reply raises anything, and each message has an end."""
    host = f'[deliver.hosts]\n"*" = {{ {key} = {reply}, tls = {{ dane = "validation-failure" }}, errno = 99999999999 }}\n'
    result = play(
        f"{FRONT}{host}{dialogue('b@example.com')}= log ~ (=>|==|[*][*]) b@example\\.com\n", CONFIG
    )
    assert result.status is Status.PASSED, texts(result)


def test_a_chain_without_the_package_for_certificates(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.x509", None)
    pem = "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\n"
    table = f'[deliver.hosts]\n"*" = {{ tls = {{ chain = "{pem}" }} }}\n'
    result = play(f"{FRONT}{table}{dialogue('bob@a.example')}> QUIT\n", CONFIG)
    assert result.status is Status.ERROR
    assert "need the Python package cryptography" in result.problems[0].message
