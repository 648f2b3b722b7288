"""Conversations with the server as ``exim -bh`` has them: what it answers, its log lines and its trace.

A real Exim and ours give the same but for what differs from run to run; `Talk` has that blanked.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from eximconf.acl.engine import AclEngine
from eximconf.config.link import Settled
from eximconf.config.load import load_source
from eximconf.config.model import Configuration
from eximconf.dns.recorded import RecordedDns
from eximconf.dns.zone_text import parse_zone_text
from eximconf.route.verifier import RoutingVerifier
from eximconf.runtime.hints import MemoryHints
from eximconf.runtime.live import LiveFiles
from eximconf.runtime.services import Services
from eximconf.runtime.trace import Trace
from eximconf.smtp.events import Event, LogEvent, Remark, Reply
from eximconf.smtp.facts import Facts, Manner
from eximconf.smtp.server import SmtpServer
from eximconf.source.text import SourceFile

SPOOL = ".ifdef SPOOL\nspool_directory = SPOOL\nlog_file_path = SPOOL/%slog\n.endif\n"
"""What a configuration begins with, so that a real Exim can keep its files in a folder of its own."""
_HEAD = re.compile(r"\A\n\*{4} SMTP testing session.*?\n\n", re.DOTALL)
_VARYING = (
    (re.compile(r"\bE?[0-9A-Za-z]{6}-[0-9A-Za-z]{11}-[0-9A-Za-z]{4}\b"), "MESSAGE-ID"),
    (re.compile(r"\b\w{3}, \d\d? \w{3} \d{4} \d\d:\d\d:\d\d \+0000"), "DATE"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "TIME"),
    (re.compile(r"\b(D|RT)=[0-9.]+s"), r"\1=0s"),
    (re.compile(r"\bExim 4\.\S+"), "Exim 4"),
    (re.compile(r">>> unspool_mbox\(\): unlinking '\S+-\d+'\n"), ""),  # in the order of the directory
    (re.compile(r"unlinking '\S+/scan/"), "unlinking 'SPOOL/scan/"),
)  # fmt: skip


class Talk(NamedTuple):
    """*replies*: the standard output; *report*: the standard error, trace lines with ``>>> ``, others with ``LOG: ``."""

    replies: str
    report: str

    @classmethod
    def of(cls, replies: str, report: str) -> Talk:
        return cls(_blanked(_HEAD.sub("", replies.replace("\r\n", "\n"))), _blanked(report))

    def without_trace(self) -> Talk:
        """The same of a server that nobody traces."""
        lines = self.report.splitlines(keepends=True)
        return Talk(self.replies, "".join(line for line in lines if line.startswith("LOG: ")))

    def __str__(self) -> str:
        return f"{self.replies}\n{self.report}"


def _blanked(text: str) -> str:
    for pattern, blank in _VARYING:
        text = pattern.sub(blank, text)
    return text


class StoppedClock:
    """A clock that stands still."""

    def now(self) -> float:
        return 1_767_600_000.0


def configuration(text: str, target: str = "") -> Configuration:
    """The linked configuration *text*, which must be one that Exim starts with."""
    settled = Settled(target=target) if target else None
    found = load_source(SourceFile("exim.conf", text), _no_files, settled)
    assert found.stop is None, found.stop
    return found


def _no_files(path: str) -> str:
    raise FileNotFoundError(path)


def services(zone: str = "") -> Services:
    """The services of a hermetic run; *zone*: what the DNS has."""
    found = Services(
        clock=StoppedClock(), files=LiveFiles(), hints=MemoryHints(), dns=RecordedDns(parse_zone_text(zone))
    )
    found.hostname, found.timezone = "host.example.net", "UTC"
    return found


class Player:
    """Plays conversations with one configuration."""

    def __init__(self, found: Configuration) -> None:
        self.configuration = found
        self.engine = AclEngine(found)

    def server(
        self, facts: Facts, trace: Trace | None = None, services_of: Services | None = None
    ) -> SmtpServer:
        """A server of one connection, which gives its events."""
        return SmtpServer(self.configuration, self.engine, services_of or services(), facts, trace)

    def play(self, pieces: Sequence[str], client: str = "192.0.2.7", traced: bool = True) -> Talk:
        """The talk with a *client* whose input comes in *pieces*."""
        replies: list[str] = []
        report: list[str] = []

        def take(event: Event) -> None:
            match event:
                case Reply(text) | Remark(text):
                    replies.append(text)
                case LogEvent():
                    report.append(f"LOG: {event.text}\n")

        world = services()
        world.verifier = world.expander = RoutingVerifier(self.configuration)
        facts = Facts(
            client=client, manner=Manner.TESTED, process=1234, given={"sender_address": _caller(self)}
        )
        trace = Trace(lambda text: report.append("".join(f">>> {line}\n" for line in text.split("\n"))))
        server = SmtpServer(
            self.configuration, self.engine, world, facts, trace if traced else None, deliver=take
        )
        server.greet()
        for piece in pieces:
            if server.open:
                server.receive(piece)
        if server.open:
            server.end_of_input()
        assert not server.open
        return Talk.of("".join(replies), "".join(report))


def _caller(player: Player) -> str:
    """What ``$sender_address`` is before MAIL: who runs ``exim -bh``."""
    return f"root@{player.configuration['qualify_domain'] or player.configuration['primary_hostname']}"


def ask(exim: str, text: str, octets: str, client: str = "192.0.2.7") -> Talk:
    """The talk of a real Exim with the configuration *text*."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)  # Exim's own user must reach it
        (Path(folder) / "exim.conf").write_text(text, encoding="latin-1")
        found = subprocess.run(
            [exim, "-C", "exim.conf", f"-DSPOOL={folder}", "-bh", client],
            input=octets.encode("latin-1"),
            capture_output=True,
            cwd=folder,
            timeout=60,
            env={**os.environ, "TZ": "UTC"},
        )
    return Talk.of(found.stdout.decode("latin-1"), found.stderr.decode("latin-1"))


def difference(expected: Talk | str, got: Talk | str) -> str:
    """What a failing test shows."""
    lines = difflib.unified_diff(
        str(expected).split("\n"), str(got).split("\n"), "Exim", "ours", lineterm="", n=3
    )
    return "\n".join(lines)
