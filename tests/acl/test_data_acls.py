"""DATA ACLs against what a real Exim made of them: every ``data/*.conf`` with every ``data/*.eml``, and what
4.100-dev printed in ``data/*.out``. ``--update-goldens`` with a real Exim writes these anew, from what it prints.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import pytest
from acl_driver import Session, configuration
from acl_real import SPOOL, difference

from eximconf.message.headers import HeaderLines, read_headers
from eximconf.runtime.session import Recipient

_FOLDER = Path(__file__).with_name("data")
_CASES = sorted(_FOLDER.glob("*.conf"))
_MESSAGES = sorted(_FOLDER.glob("*.eml"))
_RECIPIENTS = ("bob@d.example", "carl@d.example")
_ID = re.compile(r"^LOG: [0-9A-Za-z]{6}-[0-9A-Za-z]{11}-[0-9A-Za-z]{4} ")
_REST = re.compile(r">>> unspool_mbox|LOG: \S+ <= ")


def _real(exim: str, text: str, folder: Path) -> str:
    """What Exim prints for the DATA ACL, message by message."""
    folder.chmod(0o777)
    (folder / "acl.conf").write_text(text)
    parts = []
    for message in _MESSAGES:
        commands = ["EHLO me.example", "MAIL FROM:<a@b.example>", *(f"RCPT TO:<{one}>" for one in _RECIPIENTS), "DATA"]
        data = message.read_bytes().replace(b"\n", b"\r\n")
        found = subprocess.run(
            [exim, "-C", "acl.conf", f"-DSPOOL={folder}", "-bh", "192.0.2.7"],
            input="".join(f"{command}\r\n" for command in commands).encode() + data + b".\r\nQUIT\r\n",
            capture_output=True,
            cwd=folder,
            timeout=60,
        )
        lines = found.stderr.decode("latin-1").split("\n")
        lines = lines[lines.index('>>> using ACL "check"') :]
        kept = [_ID.sub("LOG: ", line) for line in lines if line and not _REST.match(line)]
        parts.append("\n".join([f"== {message.name}", *kept]))
    return "\n".join([*parts, ""])


def _played(text: str) -> str:
    found = configuration(text)
    parts = []
    for message in _MESSAGES:
        session = Session(found)
        session.hello("me.example")
        session.mail("a@b.example")
        data = message.read_text(encoding="latin-1")
        read = read_headers(data)
        current = session.connection.message
        assert current is not None
        current.recipients = [Recipient(one) for one in _RECIPIENTS]
        current.headers, current.body = read.lines, data[read.end :]
        session.ctx.headers = HeaderLines(read.lines, session.ctx.settings)
        outcome = session.run("data")
        if outcome.verdict.value != "ACCEPT":
            said = "" if outcome.log_message is None else f": {outcome.log_message}"
            temporarily = "" if outcome.verdict.value == "DENY" else "temporarily "
            client = session.ctx.variables["sender_fullhost"]
            session.lines.append(f"LOG: H={client} F=<a@b.example> {temporarily}rejected after DATA{said}")
        parts.append("\n".join([f"== {message.name}", *session.lines]))
    return "\n".join([*parts, ""])


@pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
def test_as_recorded(path: Path) -> None:
    expected = path.with_suffix(".out").read_text(encoding="latin-1")
    got = _played(SPOOL + path.read_text())
    assert got == expected, difference(expected, got)


@pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
def test_a_real_exim_says_so(path: Path, newest_exim: str, request: pytest.FixtureRequest) -> None:
    with tempfile.TemporaryDirectory() as folder:  # Exim's own user must reach it
        found = _real(newest_exim, SPOOL + path.read_text(), Path(folder))
    golden = path.with_suffix(".out")
    if request.config.getoption("--update-goldens"):
        golden.write_text(found, encoding="latin-1")
    expected = golden.read_text(encoding="latin-1")
    assert found == expected, difference(expected, found)
