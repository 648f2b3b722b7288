"""What DMARC writes down, and the reports that it sends, beside those of a real Exim that has received the same."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from played import SESSIONS, closed_services

from eximconf.acl.engine import AclEngine
from eximconf.config.load import load_source
from eximconf.smtp.events import DmarcReported
from eximconf.smtp.facts import Facts, Manner
from eximconf.smtp.server import SmtpServer
from eximconf.source.text import SourceFile

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "dns"))

RECORDED = Path(__file__).resolve().parent / "written"
"""What the newest Exim (4.100-dev of 2026-11) has written: the history, then each report."""
_CONFIG = """
primary_hostname = mx.test
timezone = UTC
dmarc_tld_file = {sessions}/tlds
dmarc_history_file = {history}
{main}
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
mail:
  {mail}
  accept
rcpt:
  warn control = dmarc_enable_forensic
  accept
data:
  warn {data}
  deny dmarc_status = reject
  accept
"""
_ZONE = """
good.test. TXT "v=spf1 ip4:192.0.2.1 -all"
bad.test. TXT "v=spf1 -all"
soft.test. TXT "v=spf1 ~all"
_dmarc.rej.test. TXT "v=DMARC1; p=reject; sp=quarantine; rua=mailto:a@rej.test,mailto:b@x.test!10m; ruf=mailto:Fo@rej.test,mailto:Two@rej.test!5k,http://x/"
_dmarc.good.test. TXT "v=DMARC1; p=quarantine; pct=50; adkim=s; aspf=s; rua=mailto:c@good.test"
_dmarc.soft.test. TXT "v=DMARC1; p=none; ruf=mailto:n@soft.test"
_dmarc.quar.test. TXT "v=DMARC1; p=quarantine; ruf=mailto:q@quar.test"
s._domainkey.rej.test. TXT "v=DKIM1; p=AAAA"
"""
_LETTER = "From: u@{domain}\n{more}Subject: s\nMessage-ID: <q@w>\n\ntext\n"
_SIGNED = (
    "DKIM-Signature: v=1; a=rsa-sha256; d=rej.test; s=s; h=from; bh=uG3nmhPEaRm5XR9EBk3GtE6sTGzq2z1b1ZmwJcPmZVQ=; b=AAAA\n"
    "DKIM-Signature: v=1; a=rsa-sha256; d=none.test; s=t; h=from; bh=AAAA; b=AAAA\n"
)
_CHAIN = (
    "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=l.test; s=x; b=AAAA\nARC-Message-Signature: i=1; a=rsa-sha256; d=l.test;"
    " s=x; h=from; bh=AAAA; b=AAAA\nARC-Authentication-Results: i=1; l.test; smtp.remote-ip=192.0.2.7;\n\tspf=pass\n"
)
_REFERS = "References: <r1@x> <r2@y>\n\t<r3@z>\nIn-Reply-To: <other@x>\n"
CASES = {
    "reject": ("bad.test", "rej.test", "", "warn spf = pass", "condition = no", ""),
    "accept": ("good.test", "good.test", "", "warn spf = pass", "condition = no", ""),
    "no_spf": ("good.test", "good.test", "", "", "condition = no", ""),
    "softfail": ("soft.test", "soft.test", "", "warn spf = pass", "condition = no", ""),
    "quarantine": ("bad.test", "quar.test", _REFERS, "warn spf = pass", "condition = no", ""),
    "bounce": ("", "rej.test", "", "warn spf = pass", "condition = no", "errors_reply_to = pm@mx.test"),
    "sender": ("bad.test", "rej.test", "", "", "condition = no", "dmarc_forensic_sender = R <r@mx.test>"),
    "from": ("bad.test", "rej.test", "In-Reply-To: <i@x>\n", "", "condition = no", "dsn_from = R <r@$qualify_domain>"),
    "signed": ("bad.test", "rej.test", _SIGNED, "warn spf = pass", "condition = no", ""),
    "chain": ("bad.test", "rej.test", _CHAIN, "warn spf = pass", "verify = arc", ""),
    "no_chain": ("bad.test", "rej.test", "", "warn spf = pass", "verify = arc", ""),
    "chain_not_asked": ("bad.test", "rej.test", _CHAIN, "warn spf = pass", "condition = no", ""),
}  # fmt: skip
_OWN_RECEIVED = re.compile(r"(?m)^Received: from (?:[^\n]*\n[ \t])*[^\n]*\n")
_CHANGING = re.compile(r"(?m)^(job|received|  Received Date:) .*$")
_NAMES = ("Reply-To", "Auto-Submitted", "From", "To", "References", "Subject")


def _talk(case: str) -> str:
    sender, author, more, *_ = CASES[case]
    letter = _LETTER.format(domain=author, more=more)
    return (
        f"EHLO client.test\nMAIL FROM:<{f'u@{sender}' if sender else ''}>\nRCPT TO:<a@b.test>\nDATA\n{letter}.\nQUIT\n"
    ).replace("\n", "\r\n")


def _config(case: str, history: str) -> str:
    *_, mail, data, main = CASES[case]
    return _CONFIG.format(sessions=SESSIONS, history=history, mail=mail, data=data, main=main)


def _plain(text: str) -> str:
    return _CHANGING.sub(r"\1 X", _OWN_RECEIVED.sub("", text)).rstrip("\n")


def _ours(case: str) -> tuple[str, list[tuple[str, str, str]]]:
    """The history, and the reports: sender, recipient, text."""
    found = load_source(SourceFile("exim.conf", _config(case, "/var/spool/history")), _no_files)
    assert found.stop is None, found.stop
    facts = Facts(client="192.0.2.1", manner=Manner.STANDARD_INPUT, process=1, trusted=True)
    server = SmtpServer(found, AclEngine(found), closed_services(_ZONE), facts)
    events = [*server.greet(), *server.receive(_talk(case))]
    told = [event for event in events if isinstance(event, DmarcReported)]
    entry = "".join(event.entry for event in told)
    return _plain(entry), [(one[0], one[1], _plain(one[2])) for event in told for one in event.reports]


def _no_files(path: str) -> str:
    raise FileNotFoundError(path)


def _real(exim: str, case: str) -> tuple[str, list[tuple[str, str, str]]]:
    from own_network import ask

    with TemporaryDirectory(prefix="exim-dmarc") as name:
        folder = Path(name)
        folder.chmod(0o777)
        history = folder / "history"
        history.touch()
        history.chmod(0o666)
        own = f"spool_directory = {name}/spool\nlog_file_path = {name}/%slog\nkeep_environment =\nqueue_only\n"
        ask(exim, _ZONE, own + _config(case, str(history)), ["-oMa", "192.0.2.1", "-bs"], _talk(case))
        files = sorted((folder / "spool" / "input").glob("*-H"))
        reports = [_report(path) for path in files]
        return _plain(history.read_text(encoding="latin-1")), [one for one in reports if one is not None]


def _report(path: Path) -> tuple[str, str, str] | None:
    """The report in the spool, None for another message."""
    head = path.read_text(encoding="latin-1")
    if "DMARC Forensic" not in head:
        return None
    body = path.with_name(f"{path.name[:-1]}D").read_text(encoding="latin-1").partition("\n")[2]
    sender, recipient = head.split("\n")[2].strip("<>"), head.partition("\n\n")[0].split("\n")[-1]
    lines = {name: line for name in _NAMES for line in re.findall(rf"(?m)^\d+.? +({name}: .*)$", head)}
    return (
        sender,
        recipient,
        _plain("\n".join(lines[name] for name in _NAMES if name in lines) + f"\n\n{body}"),
    )


def _shown(history: str, reports: list[tuple[str, str, str]]) -> str:
    parts = [f"{sender} -> {recipient}\n{text}" for sender, recipient, text in reports]
    return "\n=====\n".join([history, *parts]) + "\n"


@pytest.mark.parametrize("case", CASES)
def test_as_recorded(case: str) -> None:
    assert _shown(*_ours(case)) == (RECORDED / f"{case}.txt").read_text(encoding="latin-1")


@pytest.mark.parametrize("case", CASES)
def test_real_exim(case: str, newest_exim: str, request: pytest.FixtureRequest) -> None:
    from own_network import needs_own_network

    needs_own_network()
    text = _shown(*_real(newest_exim, case))
    if request.config.getoption("--update-goldens"):
        (RECORDED / f"{case}.txt").write_text(text, encoding="latin-1")
    assert text == (RECORDED / f"{case}.txt").read_text(encoding="latin-1")
