"""What DMARC writes down: the fields of the history that Exim 4.100-dev shows with -d in -bh, and its forensic report."""

from __future__ import annotations

import re
from pathlib import Path

from played import SESSIONS, closed_services

from eximconf.acl.engine import AclEngine
from eximconf.config.link import Settled
from eximconf.config.load import load_source
from eximconf.mailauth.dmarc.history import append_history
from eximconf.smtp.events import Accepted, DmarcReported
from eximconf.smtp.facts import Facts, Manner
from eximconf.smtp.server import SmtpServer
from eximconf.source.text import SourceFile

_CONFIG = f"""
primary_hostname = mx.test
dmarc_tld_file = {SESSIONS}/tlds
dmarc_history_file = /var/spool/dmarc
dmarc_forensic_sender = Reports <dmarc@mx.test>
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
mail:
  warn spf = fail
  accept
rcpt:
  warn control = dmarc_enable_forensic
  accept
data:
  deny dmarc_status = reject
  accept
"""
_ZONE = """
bad.test. TXT "v=spf1 -all"
_dmarc.rej.test. TXT "v=DMARC1; p=reject; sp=quarantine; rua=mailto:agg@rej.test; ruf=mailto:Fo@rej.test"
"""
_SESSION = """EHLO client.test
MAIL FROM:<u@bad.test>
RCPT TO:<a@b.test>
DATA
From: u@rej.test

text
.
QUIT
"""


def test_history_and_report() -> None:
    found = load_source(SourceFile("exim.conf", _CONFIG), _no_files)
    facts = Facts(client="192.0.2.1", manner=Manner.TESTED, process=1)
    server = SmtpServer(found, AclEngine(found), closed_services(_ZONE), facts)
    events = [*server.greet(), *server.receive(_SESSION.replace("\n", "\r\n"))]
    (told,) = [event for event in events if isinstance(event, DmarcReported)]
    assert told.history_file == "/var/spool/dmarc"
    lines = re.sub(r"(?m)^(job|received) \S+$", r"\1 X", told.entry).split("\n")
    assert lines == [
        "job X", "reporter mx.test", "received X", "ipaddr 192.0.2.1", "from rej.test", "mfrom bad.test", "spf 7",
        "pdomain rej.test", "policy 16", "rua mailto:agg@rej.test", "pct 100", "adkim 114", "aspf 114",
        "p 114", "sp 113", "align_dkim 5", "align_spf 5", "action 0", "arc 11", "arc_policy 1 json[ ]", "",
    ]  # fmt: skip
    ((sender, recipient, text),) = told.reports
    assert (sender, recipient) == ("", "fo@rej.test")
    assert "Subject: DMARC Forensic Report for rej.test from IP 192.0.2.1\n" in text
    assert "SPF Alignment: no" in text


def _no_files(path: str) -> str:
    raise FileNotFoundError(path)


def test_history_file(tmp_path: Path) -> None:
    path = tmp_path / "history"
    assert append_history(str(path), "job 1\n") == append_history(str(path), "job 2\xff\n") == ""
    assert path.read_bytes() == b"job 1\njob 2\xff\n"
    missing = tmp_path / "none" / "history"
    assert (
        append_history(str(missing), "x")
        == f"failure to create DMARC history file: {missing}: No such file or directory"
    )
    assert append_history("/\0", "x").startswith("failure to create DMARC history file: ")


def test_line_of_old_versions() -> None:
    config = _CONFIG.replace(
        "  deny dmarc_status = reject", "  warn dmarc_status = reject\n       add_header = $dmarc_ar_header"
    )
    settled = Settled(target="4.83")
    found = load_source(SourceFile("exim.conf", config), _no_files, settled)
    assert found.stop is None, found.stop
    facts = Facts(client="192.0.2.1", manner=Manner.TESTED, process=1)
    server = SmtpServer(found, AclEngine(found), closed_services(_ZONE), facts)
    events = [*server.greet(), *server.receive(_SESSION.replace("\n", "\r\n"))]
    (message,) = [event for event in events if isinstance(event, Accepted)]
    assert "Authentication-Results: mx.test; dmarc=fail header.from=rej.test\n" in message.headers
