"""How long answers of look-ups are kept in a connection. Seen in 4.96 and 4.100-dev."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path

import pytest
from smtp_talk import SPOOL, Player, ask, configuration

CONFIGURATION = """\
primary_hostname = mx.example.net
acl_smtp_connect = connect
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
acl_smtp_predata = predata
acl_smtp_data = data
begin acl
"""
PHASE = """\
PHASE:
  warn set acl_c_new = ${lookup sqlite,file=STORE{select random()}}
       set acl_c_word = ${if eq{$acl_c_new}{$acl_c_old}{kept}{asked}}
       set acl_c_old = $acl_c_new
       logwrite = PHASE $acl_c_word
  accept
"""
PHASES = ("connect", "mail", "rcpt", "predata", "data")
REWRITE = """\
begin rewrite
*@old.example "${lookup sqlite,file=STORE{select random()}{c@d.example}}" F
"""
MESSAGE = "DATA\r\nSubject: a\r\n\r\nb\r\n.\r\n"
TALK = (
    "EHLO a\r\nMAIL FROM:<a@old.example>\r\nRCPT TO:<b@c.example>\r\n"
    + MESSAGE
    + "MAIL FROM:<>\r\nRSET\r\n"
    "MAIL FROM:<>\r\nRCPT TO:<b@c.example>\r\nBDAT 12\r\nSubject: a\r\nBDAT 5 LAST\r\n\r\nb\r\nMAIL FROM:<>\r\n"
    "RCPT TO:<b@c.example>\r\nBDAT 12\r\nSubject: a\r\nRSET\r\nMAIL FROM:<>\r\nQUIT\r\n"
)
SEEN = """\
connect asked
mail kept
rcpt kept
predata kept
data asked
mail kept
mail kept
rcpt kept
data asked
mail kept
rcpt kept
mail asked
"""


@pytest.fixture
def text(tmp_path: Path) -> str:
    """The configuration, with a database of its own."""
    store = tmp_path / "store.sqlite"
    sqlite3.connect(store).close()
    for folder in (tmp_path, *tmp_path.parents[:3]):  # Exim's own user must reach it
        if folder.owner() == tmp_path.owner() and folder.name.startswith(("test_", "popen-", "pytest-")):
            os.chmod(folder, 0o755)
    acls = "".join(PHASE.replace("PHASE", phase) for phase in PHASES)
    return SPOOL + (CONFIGURATION + acls + REWRITE).replace("STORE", str(store))


def phases(report: str) -> str:
    """The log lines of the ACLs, without time and message."""
    return "".join(
        f"{line}\n"
        for line in re.findall(r"^LOG: .*?\b((?:connect|mail|rcpt|predata|data) \w+)$", report, re.M)
    )


def test_kept_until_a_message_is_read(text: str) -> None:
    assert phases(Player(configuration(text)).play([TALK]).report) == SEEN


def test_kept_as_a_real_exim_keeps_them(text: str, real_exim: str) -> None:
    report = ask(real_exim, text, TALK).report
    assert phases(report) == SEEN, report
