"""The sessions in samples/ go as they say, also beside a real Exim, and those of the gateway reach all of its ACLs."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from eximconf.replay.coverage import Counts, gaps, merge, score
from eximconf.replay.result import Status
from eximconf.replay.suite import Plan, Runner
from eximconf.report.sessions.text import block

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
OURS = sorted([*(SAMPLES / "gateway").rglob("*.smtp"), *(SAMPLES / "debian").rglob("*.smtp")])
DEBIAN = Path(__file__).resolve().parent.parent.parent / ".venv" / "exim" / "root" / "etc" / "exim4"


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.smtp")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_session(path: Path) -> None:
    result = Runner(Plan()).run_file(str(path))
    assert result is not None
    assert result.status is Status.PASSED, "\n".join(block(result))


def test_stories() -> None:
    assert len(list((SAMPLES / "gateway").rglob("*.smtp"))) >= 10
    for path in OURS:
        assert re.search(r"^title +=", path.read_text(encoding="utf-8"), re.MULTILINE), path


CLOSED = [folder for folder in Path(__file__).resolve().parents if not folder.stat().st_mode & 0o001]


@pytest.mark.skipif(os.geteuid() != 0, reason="Exim takes -C of root only")
@pytest.mark.skipif(bool(CLOSED), reason=f"Exim's own user cannot read the samples below {CLOSED[-1:]}")
@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_session_beside_a_real_exim(path: Path, real_exim: str) -> None:
    result = Runner(Plan(oracle=real_exim)).run_file(str(path))
    assert result is not None
    assert result.status is Status.PASSED, "\n".join(block(result))
    alike = [step for step in result.oracle if not step.why]
    assert alike, "nothing could be compared"


def test_sessions_cover_the_gateway() -> None:
    counts: Counts = {}
    runner = Runner(Plan(covers=True))
    for path in OURS:
        if path.parent.parent.name == "gateway":
            result = runner.run_file(str(path))
            assert result is not None
            merge(counts, result.coverage)
    missed = [f"{unit.line} {unit.text}: {how}" for unit, how in gaps(counts)]
    assert score(counts).percent >= 90, missed


@pytest.mark.skipif(not (DEBIAN / "exim4.conf.template").exists(), reason=f"no template in {DEBIAN}")
def test_debians_own_template(tmp_path: Path) -> None:
    """A session over the template of Debian's packages, as debconf fills it in for a host on the Internet."""
    text = (DEBIAN / "exim4.conf.template").read_text(encoding="latin-1")
    macros = (
        "DC_eximconfig_configtype = internet\nMAIN_LOCAL_DOMAINS = @:localhost:example.org\nMAIN_RELAY_TO_DOMAINS =\n"
        "ETC_MAILNAME = example.org\nLOCAL_DELIVERY = mail_spool\nMAIN_RELAY_NETS = 127.0.0.1 : ::::1\n"
    )
    text = text.replace("UPEX4CmacrosUPEX4C = 1\n", macros)
    (tmp_path / "exim.conf").write_text(f"MAIN_HARDCODE_PRIMARY_HOSTNAME = mail.example.org\n{text}", encoding="latin-1")
    session = tmp_path / "stranger.smtp"
    session.write_text(
        "+++\nconfig = 'exim.conf'\nrdns = 'none'\n[verify]\n'root@example.org' = 'ok'\n[files]\n"
        + "".join(
            f"'/etc/exim4/{name}' = false\n"
            for name in (
                "host_local_deny_exceptions", "sender_local_deny_exceptions", "local_host_whitelist", "local_sender_whitelist",
                "local_sender_callout", "local_rcpt_callout", "local_sender_blacklist", "local_host_blacklist",
            )
        )
        + "'/etc/mailname' = 'example.org'\n+++\n"
        "> EHLO client.example\n< 250\n> MAIL FROM:<a@client.example>\n< 250\n> RCPT TO:<b@elsewhere.example>\n< 550 relay not permitted\n"
        "= acl acl_check_rcpt require\n> RCPT TO:<postmaster@example.org>\n< 250\n= acl acl_check_rcpt accept\n> QUIT\n< 221\n"
    )  # fmt: skip
    result = Runner(Plan()).run_file(str(session))
    assert result is not None
    assert result.status is Status.PASSED, "\n".join(block(result))
