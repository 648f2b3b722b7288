"""What filters send. The vacations are what 4.100-dev really sent when it delivered such a message."""

from __future__ import annotations

import pytest

from eximconf.api import new_context
from eximconf.message.headers import HeaderLines
from eximconf.route.filter.rules import FilterRules, SieveOptions
from eximconf.route.filter.run_filter import run_filter
from eximconf.route.redirection import Redirected
from eximconf.route.reply import Notification, Reply
from eximconf.route.rewriting import Rewriter

LINES = ["From: a@b\n", "To: bob@here.example\n", "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= x\n"]
DAY = 86400


def filtered(kind: str, text: str, *more: str, sender: str = "a@b") -> Redirected:
    variables = {
        "sender_address": sender,
        "return_path": sender,
        "local_part": "bob",
        "domain": "here.example",
    }
    ctx = new_context(None, None, variables)
    ctx.headers = HeaderLines([*LINES, *more], ctx.settings)
    options = SieveOptions(vacation_directory="/v", enotify_mailto_owner="owner@here.example")
    rules = FilterRules(lambda address: address, Rewriter(), frozenset({"forbid_filter_run"}), options)
    return run_filter(ctx, kind.lower(), f"# {kind} filter\n{text}\n", rules)


def reply(kind: str, text: str) -> Reply:
    made = filtered(kind, text).made[0]
    assert made.address[0] == ">"
    assert made.reply is not None
    return made.reply


def test_vacation() -> None:
    text = "I am away; caf\xc3\xa9 = x\nline two \n"
    found = reply("Sieve", f'require ["vacation"]; vacation "{text}";')
    assert found.to == "a@b"
    assert found.once_repeat == 7 * DAY
    assert found.arguments == {
        "from": "bob@here.example",
        "subject": "=?utf-8?Q?Auto=3A_Gr=C3=BC=C3=9Fe_x?=",
        "extra_headers": 'MIME-Version: 1.0\nContent-Type: text/plain;\n\tcharset="utf-8"\n'
        "Content-Transfer-Encoding: quoted-printable",
        "text": "I am away; caf=C3=A9 =3D x\nline two=20\n",
        "once": "/v/67476A56F9908DB6286906807369B495",
    }


def test_vacation_with_header_lines() -> None:
    found = reply(
        "Sieve",
        'require ["vacation"]; vacation :days 3 :handle "hh" :mime :subject "sub" "X-A: b\n\nbody";',
    )
    assert found.once_repeat == 3 * DAY
    assert found.arguments == {
        "from": "hh",
        "subject": "sub",
        "extra_headers": "X-A: b",
        "text": "body",
        "once": "/v/C3DA91EA3865E5FEF12A738767FC1FFE",
    }


def test_no_vacation_for_lists() -> None:
    made = filtered("Sieve", 'require ["vacation"]; vacation "x";', "List-Id: <x>\n").made
    assert [one.address for one in made] == ["inbox"]


def test_mail() -> None:
    found = reply("Exim", 'mail to "x@y,\\n Z <z@w>" text t expand file f return message once_repeat 1d2h')
    assert found == Reply(
        "x@y,  Z <z@w>", {"text": "t", "file": "f"}, True, True, DAY + 7200, frozenset({"run"})
    )


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ('mail to "x@y, Z <z@w>"', ">x@y,z@w"),
        ("mail text x", ">a@b"),
        ('mail to "@@"', ">**bad-reply**"),
        ('mail to "' + ", ".join(f"somebody{number}@y" for number in range(40)) + '"', ", ..."),
    ],
)
def test_recipients(text: str, address: str) -> None:
    found = filtered("Exim", text).made[0].address
    assert found == address or (len(found) < 290 and found.endswith(address))


def test_no_mail_in_answer_to_bounces() -> None:
    assert filtered("Exim", "mail text x", sender="").made == ()


NOTIFY = 'require "enotify"; notify :message "caf\xc3\xa9" "mailto:x@y?body=the%20body&to=z%40w&from=q";'


def test_notify() -> None:
    assert filtered("Sieve", f"{NOTIFY} {NOTIFY.partition(';')[2]}").notifications == (
        Notification(
            "bob@here.example",
            "bob@here.example",
            ("z@w", "x@y"),
            "=?utf-8?Q?caf=C3=A9?=",
            "the body",
            "owner@here.example",
        ),
    )


def test_no_notification_of_automatic_messages() -> None:
    assert filtered("Sieve", NOTIFY, "Auto-Submitted: auto-replied\n").notifications == ()
    assert len(filtered("Sieve", NOTIFY, "Auto-Submitted: no\n").notifications) == 1
