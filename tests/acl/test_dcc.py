"""``dcc`` against a daemon of the test: what it is sent, and what comes of its answers, as a real Exim has it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pytest

from eximconf.cli import main

_CONFIG = """
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
keep_environment =
primary_hostname = mx.test
dccifd_address = {address}
acl_smtp_rcpt = accept
acl_smtp_data = data
{main}
begin acl
data:
  warn {before}
  warn dcc = *
       logwrite = accepted: $dcc_result <$dcc_header>
  warn !dcc = *
       logwrite = refused: $dcc_result <$dcc_header>
  warn dcc = */defer_ok
       logwrite = again
  warn logwrite = headers: $message_headers
  accept
"""
_TALK = "EHLO x\nMAIL FROM:<{sender}>\nRCPT TO:<a@b.c>\nRCPT TO:<d@e.f>\nDATA\nFrom: a@b\nSubject: x\n\nbody\n..dot\n.\nQUIT\n"
_EXTRA = "set acl_m_dcc_add_header = X-More: a\\nX-Two: b"
_ADDS = "dcc_direct_add_header\ndccifd_options = header spam"
CASES = {
    "accept": ("A\nAA\nX-DCC-test: server; bulk Body=1\n\n", "", ""),
    "reject": ("R\nRR\nX-DCC-test: x\n\n", "", ""),
    "greylist": ("G\nRR\nX-DCC: g\n\n", _ADDS, _EXTRA),
    "some": ("S\nAR\nX-DCC: g", _ADDS, ""),
    "temporary": ("T\n\n\n", _ADDS, _EXTRA),
    "unknown": ("Q\nA\nX-DCC: q\n\n", _ADDS, ""),
    "first_line": ("ABC\nA\nX-DCC: q\n\n", "", ""),
    "nothing": ("", _ADDS, _EXTRA),
    "no_header": ("A\nA\nY-DCC: g\n\n", _ADDS, ""),
    "long": ("A\nA\nX-DCC: " + "l" * 200 + "\n\n", _ADDS, ""),
    "short": ("A\n", "", ""),
    "two_lines": ("A\nA\nX-DCC: one\n two\n\n", _ADDS, ""),
    "another_client": ("A\nA\n\n", "", "set acl_m_dcc_override_client_ip = 203.0.113.9"),
}  # fmt: skip
_ID = re.compile(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{11}-[0-9A-Za-z]{4}\b")
_OWN_RECEIVED = re.compile(r"Received: from .*?\+0000\\?n?", re.DOTALL)
_CHANGING = re.compile(r"(?m)(?<= S=)\d+|\(in ACL.*?\)")
OURS = (sys.executable, "-m", "eximconf", "exim")


class Daemon:
    """A dccifd that gives the same answer to everybody. *asked*: what it was sent."""

    def __init__(self, folder: str, answer: str, *, by_name: bool) -> None:
        self.asked: list[str] = []
        self._answer = answer.encode("latin-1")
        if by_name:
            self._listening = socket.create_server(("127.0.0.1", 0))
            self.address = f"127.0.0.1 {self._listening.getsockname()[1]}"
        else:
            self.address = f"{folder}/dccifd"
            self._listening = socket.socket(socket.AF_UNIX)
            self._listening.bind(self.address)
            Path(self.address).chmod(0o777)
            self._listening.listen()
        self._listening.settimeout(20)
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                octets = b""
                while part := connection.recv(65536):
                    octets += part
                self.asked.append(octets.decode("latin-1"))
                connection.sendall(self._answer)

    def stop(self) -> None:
        self._listening.close()


def play(
    command: tuple[str, ...], case: str, sender: str = "", *, by_name: bool = False
) -> tuple[list[str], list[str]]:
    """What the daemon was asked, and the log lines."""
    answer, main, before = CASES[case]
    with TemporaryDirectory(prefix="exim-dcc") as folder:
        Path(folder).chmod(0o777)
        daemon = Daemon(folder, answer, by_name=by_name)
        try:
            logs = _session(command, folder, daemon.address, main, before, sender)
        finally:
            daemon.stop()
        return [_shown(text) for text in daemon.asked], logs


def _session(
    command: tuple[str, ...], folder: str, address: str, main: str, before: str, sender: str
) -> list[str]:
    before = before or "condition = no"
    config = Path(folder) / "exim.conf"
    config.write_text(
        _CONFIG.format(folder=folder, address=address, main=main, before=before), encoding="latin-1"
    )
    talk = _TALK.format(sender=sender).replace("\n", "\r\n").encode()
    words = [*command, "-C", str(config), "-bh", "192.0.2.1"]
    errors = subprocess.run(words, input=talk, capture_output=True, timeout=60, check=False).stderr.decode(
        "latin-1"
    )
    return [_shown(line).replace(folder, "@") for line in errors.split("\n") if line.startswith("LOG: ")]


def _shown(text: str) -> str:
    return _CHANGING.sub("X", _ID.sub("ID", _OWN_RECEIVED.sub("Received: ours", text)))


def test_what_is_sent() -> None:
    asked, logs = play(OURS, "greylist", "u@b.test")
    assert asked == [
        "header spam\n192.0.2.1\nHELO localhost\nu@b.test\na@b.c\nd@e.f\n\n"
        "Received: ours\nFrom: a@b\nSubject: x\n\r\nbody\n.dot\n"
    ]
    assert logs[:2] == [
        r"LOG: ID refused: G <X-DCC: g\n>",
        r"LOG: ID headers: Received: oursFrom: a@b\nSubject: x\nX-DCC: g\nX-More: a\nX-Two: b",
    ]


def test_nobody_there(tmp_path: Path) -> None:
    logs = _session(OURS, str(tmp_path), f"{tmp_path}/none", "", "", "")
    assert "LOG: ID DCC: Connecting to UNIX socket failed: No such file or directory" in logs
    logs = _session(OURS, str(tmp_path), "nonsense", "", "", "")
    assert "LOG: ID DCC: warning - invalid dccifd address: 'nonsense'" in logs


def test_live_session(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    daemon = Daemon(str(tmp_path), "A\nA\nX-DCC-live: yes\n\n", by_name=False)
    options = {
        "folder": tmp_path,
        "address": daemon.address,
        "main": "dcc_direct_add_header",
        "before": "condition = no",
    }
    (tmp_path / "exim.conf").write_text(_CONFIG.format(**options), encoding="latin-1")
    talk = "".join(f"> {line}\n" for line in _TALK.format(sender="").partition("From:")[0].splitlines())
    session = tmp_path / "live.smtp"
    message = '@"From: a@b\\n\\nbody\\n"\n< 250\n= header X-DCC-live = yes\n'
    session.write_text(
        f'+++\nconfig = "exim.conf"\nclient = "192.0.2.1"\n+++\n{talk}{message}', encoding="latin-1"
    )
    try:
        assert main(["test", "--live", str(session)]) == 0, capsys.readouterr().out
        assert main(["test", str(session)]) == 1
    finally:
        daemon.stop()
    assert len(daemon.asked) == 1
    assert "the answer of dcc is not recorded" in capsys.readouterr().out


@pytest.mark.parametrize("case", CASES)
def test_real_exim(case: str, newest_exim: str) -> None:
    for sender, by_name in (("", False), ("u@b.test", True)):
        assert play(OURS, case, sender, by_name=by_name) == play(
            (newest_exim,), case, sender, by_name=by_name
        )


@pytest.mark.parametrize("address", ["/none/dccifd", "nonsense", "127.0.0.1 1"])
def test_real_exim_without_daemon(address: str, newest_exim: str) -> None:
    found = []
    for command in (OURS, (newest_exim,)):
        with TemporaryDirectory(prefix="exim-dcc") as folder:
            Path(folder).chmod(0o777)
            found.append(_session(command, folder, address, "", "", ""))
    assert found[0] == found[1]
