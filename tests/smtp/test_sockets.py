"""Connections over a socket against what a real Exim made of them: who sends ahead, and proxies that say who the client
is. ``sockets/*.out`` has what 4.100-dev sent and wrote into its main log. ``--update-goldens`` with a real Exim, which
is run as inetd does, writes these anew.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from smtp_talk import SPOOL, Player, Talk, configuration, difference

from eximconf.smtp.events import Event, LogEvent, Reply
from eximconf.smtp.facts import Facts

_FOLDER = Path(__file__).with_name("sockets")
_BASE = f"""{SPOOL}\
primary_hostname = mx.example.net
keep_environment =
tls_advertise_hosts =
rfc1413_query_timeout = 0s
host_lookup =
received_header_text = Received: here
queue_only
acl_smtp_rcpt = accept
"""
_NO_PIPELINING = "pipelining_advertise_hosts =\n"
_NO_EARLY = "pipelining_connect_advertise_hosts =\n"
_PROXY = """\
hosts_proxy = *
host_reject_connection = 192.0.2.7
acl_smtp_helo = show
begin acl
show:
  warn logwrite = $proxy_session <$proxy_local_address> <$proxy_external_address> $proxy_external_port
       logwrite = $sender_host_address $sender_host_port
  accept
"""
_V2 = "\r\n\r\n\0\r\nQUIT\n"
_IPV4 = "\0\x0c\xc0\0\2\x07\xc0\0\2\x08\x12\x67\0\x19"


class Case(NamedTuple):
    """*pieces* that the client sends, each when it has the answer to the one before; with *early* the first before
    there is any."""

    options: str
    pieces: tuple[str, ...]
    early: bool = False


_MAIL = "MAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\n"
_MESSAGE = "Subject: x\r\n\r\nx\r\n.\r\n"
_CASES = {
    "one by one": Case("", ("EHLO a\r\n", "MAIL FROM:<>\r\n", "RCPT TO:<a@b.example>\r\n", "DATA\r\n", _MESSAGE, "QUIT\r\n")),
    "pipelined": Case("", ("EHLO a\r\n", f"{_MAIL}DATA\r\n", f"{_MESSAGE}QUIT\r\n")),
    "pipelined in vain": Case(_NO_PIPELINING, ("EHLO a\r\n", _MAIL, "QUIT\r\n")),
    "behind EHLO": Case("", ("EHLO a\r\nMAIL FROM:<a@b.example>\r\n", "QUIT\r\n")),
    "behind EHLO in vain": Case(_NO_EARLY, ("EHLO a\r\nMAIL FROM:<a@b.example>\r\n", "QUIT\r\n")),
    "behind HELO": Case(_NO_EARLY, ("HELO a\r\nNOOP\r\n",)),
    "before the banner": Case("", ("EHLO a\r\n", "MAIL FROM:<a@b.example>\r\n", "QUIT\r\n"), early=True),
    "before the banner in vain": Case(_NO_EARLY, ("EHLO a\r\n", "QUIT\r\n"), early=True),
    "behind DATA": Case("", ("EHLO a\r\n", f"{_MAIL}DATA\r\n{_MESSAGE}", "QUIT\r\n")),
    "behind NOOP": Case(_NO_EARLY, ("EHLO a\r\n", "NOOP\r\nNOOP\r\n", "QUIT\r\n")),
    "behind nonsense": Case(_NO_PIPELINING + _NO_EARLY, ("FOO\r\nBAR\r\n", "QUIT\r\n")),
    "not enforced": Case("smtp_enforce_sync = false\n", (f"EHLO a\r\n{_MAIL}DATA\r\n{_MESSAGE}QUIT\r\n",)),
    "refused in a pipeline": Case("", ("EHLO a\r\n", "MAIL FROM:<a@b@c>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n", "QUIT\r\n")),
    "a chunk in a pipeline": Case("", ("EHLO a\r\n", f"{_MAIL}BDAT 14 LAST\r\nSubject: x\r\n\r\n", "QUIT\r\n")),
    "lost": Case("", ("EHLO a\r\n", "MAIL FROM:<a@b.example>\r\n")),
    "rejected host": Case("host_reject_connection = 127.0.0.0/8\n", ("EHLO a\r\n",)),
    "rejected by an ACL": Case("acl_smtp_connect = deny message = no\n", ("EHLO a\r\n",)),
    "proxy": Case(_PROXY, ("PROXY TCP4 192.0.2.7 192.0.2.8 4711 25\r\n", "EHLO a\r\n", "QUIT\r\n"), early=True),
    "proxy and more": Case(_PROXY, ("PROXY TCP4 192.0.2.9 192.0.2.8 1 25\r\nEHLO a\r\n", "QUIT\r\n"), early=True),
    "proxy for IPv6": Case(_PROXY, ("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n", "EHLO a\r\n", "QUIT\r\n"), early=True),
    "proxy that knows nothing": Case(_PROXY, ("PROXY UNKNOWN\r\n", "EHLO a\r\n", "QUIT\r\n"), early=True),
    "proxy with a wrong address": Case(_PROXY, ("PROXY TCP4 x y 1 2\r\n", "EHLO a\r\n", "QUIT\r\n"), early=True),
    "proxy with too much": Case(_PROXY, ("PROXY TCP4 192.0.2.7 192.0.2.8 1 25 x\r\n", "NOOP\r\n", "QUIT\r\n"), early=True),
    "no proxy": Case(_PROXY, ("EHLO a\r\n", "EHLO a\r\n", "QUIT\r\n"), early=True),
    "binary proxy": Case(_PROXY, (f"{_V2}\x21\x11{_IPV4}", "EHLO a\r\n", "QUIT\r\n"), early=True),
    "binary proxy of its own": Case(_PROXY, (f"{_V2}\x20\0\0\0", "EHLO a\r\n", "QUIT\r\n"), early=True),
    "binary proxy, other version": Case(_PROXY, (f"{_V2}\x31\x11{_IPV4}", "EHLO a\r\n", "QUIT\r\n"), early=True),
    "binary proxy, other protocol": Case(_PROXY, (f"{_V2}\x21\x12{_IPV4}", "EHLO a\r\n", "QUIT\r\n"), early=True),
}  # fmt: skip
_NAME_LOGGED = re.compile(r"^no host name found for IP address .*\n", re.M)
_OUR_PORT = re.compile(r"^127\.0\.0\.1 \d+$", re.M)
_QUIET = 0.25
"""Seconds without output after which a real Exim is taken to wait for input."""


def _played(case: Case) -> Talk:
    replies: list[str] = []
    log: list[str] = []
    server = Player(configuration(_BASE + case.options)).server(Facts(client="127.0.0.1", process=1234))

    def take(events: list[Event]) -> None:
        replies.extend(event.text for event in events if isinstance(event, Reply))
        log.extend(
            f"{event.text}\n" for event in events if isinstance(event, LogEvent) and "main" in event.names
        )

    pieces = list(case.pieces)
    if case.early:
        server.send_early(pieces.pop(0))
    take(server.greet())
    for piece in pieces:
        if server.open:
            take(server.receive(piece))
    if server.open:
        take(server.end_of_input())
    return _talk("".join(replies), "".join(log))


def _talk(replies: str, log: str) -> Talk:
    return Talk.of(replies, _OUR_PORT.sub("127.0.0.1 PORT", log))


class _RealConnection:
    """A connection to a real Exim, run as inetd would run it."""

    def __init__(self, exim: str, folder: Path, early: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.client = socket.create_connection(listener.getsockname())
            served = listener.accept()[0]
        self.client.sendall(early.encode("latin-1"))
        time.sleep(0.05)
        command = [exim, "-C", str(folder / "exim.conf"), f"-DSPOOL={folder}", "-bs"]
        with served:
            self.process = subprocess.Popen(
                command,
                stdin=served.fileno(),
                stdout=served.fileno(),
                stderr=subprocess.DEVNULL,
                env={**os.environ, "TZ": "UTC"},
            )
        self.out = b""

    def converse(self, pieces: list[str]) -> str:
        """All that Exim sends."""
        with self.client, self.process:
            self._read(2.0)
            for piece in pieces:
                try:
                    self.client.sendall(piece.encode("latin-1"))
                except OSError:
                    break
                self._read(2.0)
            try:
                self.client.shutdown(socket.SHUT_WR)
            except OSError:
                return self.out.decode("latin-1")
            self._read(5.0, quiet=5.0)
        return self.out.decode("latin-1")

    def _read(self, patience: float, quiet: float = _QUIET) -> None:
        self.client.settimeout(patience)
        try:
            while octets := self.client.recv(65536):
                self.out += octets
                self.client.settimeout(quiet)
        except OSError:
            return


def _asked(exim: str, case: Case) -> Talk:
    pieces = list(case.pieces)
    early = pieces.pop(0) if case.early else ""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)  # Exim's own user must reach it
        (folder / "exim.conf").write_text(_BASE + case.options, encoding="latin-1")
        replies = _RealConnection(exim, folder, early).converse(pieces)
        main = folder / "mainlog"
        lines = main.read_text(encoding="latin-1").splitlines() if main.exists() else []
    log = "".join(f"{line[20:]}\n" for line in lines)
    return _talk(replies, _NAME_LOGGED.sub("", log).replace(" (via inetd)", ""))


def _golden(name: str) -> Path:
    return _FOLDER / f"{name.replace(' ', '_').replace(',', '')}.out"


@pytest.mark.parametrize("name", _CASES)
def test_as_recorded(name: str) -> None:
    expected, got = _golden(name).read_text(encoding="latin-1"), str(_played(_CASES[name]))
    assert got == expected, difference(expected, got)


@pytest.mark.parametrize("name", _CASES)
def test_a_real_exim_says_so(name: str, newest_exim: str, request: pytest.FixtureRequest) -> None:
    found = str(_asked(newest_exim, _CASES[name]))
    if request.config.getoption("--update-goldens"):
        _golden(name).write_text(found, encoding="latin-1")
    expected = _golden(name).read_text(encoding="latin-1")
    assert found == expected, difference(expected, found)
