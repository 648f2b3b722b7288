"""Passwords of servers and queries are in no message, log line, trace or recording."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from running_stores import running
from store_servers import PASSWORD

from eximconf.api import expand, new_context
from eximconf.expand.trace import Step
from eximconf.runtime.live import live_services
from eximconf.runtime.log import LogLine
from eximconf.runtime.passwords import without_passwords
from eximconf.runtime.services import Databases
from eximconf.runtime.value import Tainted

SECRET = "hunter2-0815"
FAILING = [
    f"${{lookup redis,servers=127.0.0.1::1/2/{SECRET}{{get a}}}}",
    f"${{lookup redis{{servers=127.0.0.1::1/2/{SECRET} : 127.0.0.1::2/3/{SECRET}; get a}}}}",
    f"${{lookup redis,servers=host/{SECRET}{{get a}}}}",
    f"${{lookup pgsql,servers=127.0.0.1::1/mail/exim/{SECRET}{{select 1}}}}",
    f"${{lookup pgsql{{servers=127.0.0.1::1/mail/exim/{SECRET}; select 1}}}}",
    f"${{lookup pgsql,servers=host/mail/{SECRET}{{select 1}}}}",
    "${lookup pgsql{servers=$acl_m_server; select 1}}",
    f"${{lookup mysql,servers=127.0.0.1::1/mail/exim/{SECRET}{{select 1}}}}",
    f"${{lookup mysql{{servers=127.0.0.1::1/mail/exim/{SECRET}; select 1}}}}",
    f"${{lookup ldap{{user=cn=a pass={SECRET} ldap://127.0.0.1:1/o=base}}}}",
    f'${{lookup ldapm{{PASS="{SECRET} \\"x" user=cn=a ldap://127.0.0.1:1/o=base?cn?bad}}}}',
    f"${{if ldapauth{{user=cn=a pass={SECRET} ldap://127.0.0.1:1/}}{{yes}}{{no}}}}",
    "${lookup ldap{pass=${quote:$acl_m_pass} user=$acl_m_user ldap://127.0.0.1:1/}}",
]


@pytest.mark.parametrize("text", FAILING)
def test_not_in_messages_log_lines_and_traces(text: str) -> None:
    for package in ("redis", "psycopg", "pymysql", "ldap3"):
        pytest.importorskip(package)
    services = live_services({})
    services.databases = Databases(2.0)
    ctx = new_context(services=services)
    ctx.variables |= {
        "acl_m_pass": SECRET, "acl_m_user": Tainted("cn=a"), "acl_m_server": Tainted(f"127.0.0.1/m/e/{SECRET}"),
    }  # fmt: skip
    logged: list[LogLine] = []
    steps: list[Step] = []
    ctx.log = logged.append
    result = expand(text, ctx, steps.append)
    assert result.text is None
    shown = [result.message, *(line.text for line in logged)]
    shown += [step.source for step in steps]
    shown += [
        step.outcome
        for step in steps
        if step.source not in ("$acl_m_pass", "${quote:$acl_m_pass}", "$acl_m_server")
    ]
    assert not [one for one in shown if SECRET in one]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("user=a pass=b ldap:///", "user=a pass=<hidden> ldap:///"),
        ('pass="b c\\"d" ldap:///', "pass=<hidden> ldap:///"),
        ("PASS=b", "PASS=<hidden>"),
        ("servers=a/b/c/d; select 1/2", "servers=a/b/c/<hidden>; select 1/2"),
        ("servers=a/b/c/d : e::5/f/g/h:i; x", "servers=a/b/c/<hidden> : e::5/f/g/<hidden>:i; x"),
        ("servers=(/run/x.sock)/1/pw{get a/b}", "servers=(/run/x.sock)/1/<hidden>{get a/b}"),
        ("servers= ldap:///o=base", "servers= ldap:///o=base"),
        ("servers=a/1/;get x", "servers=a/1/;get x"),
        ("select compass from a/b", "select compass from a/b"),
    ],
)
def test_what_is_struck(text: str, shown: str) -> None:
    assert without_passwords(text) == shown


SESSION = """\
+++
title  = "what is recorded"
config = "exim.conf"
client = "192.0.2.7"
rdns   = "none"
+++
< 220
> HELO client.example
< 250
> MAIL FROM:<a@client.example>
< 250 fred yes yes
> QUIT
< 221
"""
CONFIGURATION = """\
primary_hostname = host.example
acl_smtp_mail = mail
begin acl
mail:
  accept message = ${{lookup ldap{{user=cn=admin,o=base pass={password} ldap://127.0.0.1:{port}/uid=fred,o=base?uid}}}} \\
     ${{if ldapauth{{user=uid=fred,o=base pass=fredpass ldap://127.0.0.1:{port}/}}{{yes}}{{no}}}} \\
     ${{lookup redis{{servers=127.0.0.1:{redis}//{password}; echo yes}}}}
"""


def test_not_in_recordings(tmp_path: Path) -> None:
    pytest.importorskip("tomlkit")
    session = tmp_path / "session.smtp"
    session.write_text(SESSION)
    command = [sys.executable, "-m", "eximconf", "test", str(session)]
    with running("ldap") as ldap, running("redis") as redis:
        port, locked = ldap.servers["ldap"].port, redis.servers["locked"].port
        text = CONFIGURATION.format(port=port, redis=f":{locked}", password=PASSWORD)
        (tmp_path / "exim.conf").write_text(text)
        done = subprocess.run([*command, "--live", "--record"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
    recorded = session.read_text()
    assert "<hidden>" in recorded
    assert PASSWORD not in recorded
    assert "fredpass" not in recorded
    replayed = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert replayed.returncode == 0, replayed.stdout
