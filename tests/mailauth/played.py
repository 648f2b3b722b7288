"""One SMTP session played by our server, and by ``exim -bh``: the lines that it logs and the replies.

A case is four files in ``sessions/``: ``.conf`` (without the options that say where Exim has its files), ``.zone``,
``.in`` (the client's lines; the first begins with its address behind ``#``), and ``.out``, which a real Exim wrote
(the newest, 4.100-dev of 2026-11; ``pytest --update-goldens`` asks it anew).
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

from eximconf.acl.engine import AclEngine
from eximconf.config.load import load_source
from eximconf.dns.recorded import RecordedDns
from eximconf.dns.zone_text import parse_zone_text
from eximconf.runtime.dns_answer import PLAIN_OPTIONS, DnsAnswer, DnsOptions, DnsStatus
from eximconf.runtime.hints import MemoryHints
from eximconf.runtime.live import LiveClock, LiveFiles
from eximconf.runtime.services import Services
from eximconf.smtp.events import Event, LogEvent, Reply
from eximconf.smtp.facts import Facts, Manner
from eximconf.smtp.server import SmtpServer
from eximconf.source.text import SourceFile

HERE = Path(__file__).resolve().parent
SESSIONS = HERE / "sessions"
_ID = re.compile(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{11}-[0-9A-Za-z]{4}\b")
_OF_LIBRARY = re.compile(r"DKIM: validation error: error:")
"""What a library for cryptography says; another one says something else."""
_CHANGING = re.compile(r" \d\d:\d\d:\d\d|(?<=ESMTP )Exim.*|(?<= S=)\d+")
"""The size holds that of our own Received: line, and so of the version's name."""
_LOG = re.compile(r"^LOG: (.*)$", re.MULTILINE)


class Case:
    """One of ``sessions/``, by name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.config = self._read("conf").replace("@HERE@", str(SESSIONS))
        self.zone = self._read("zone")
        first, _, self.input = self._read("in").partition("\n")
        self.client = first.removeprefix("#").strip()
        self.expected = SESSIONS / f"{name}.out"

    def _read(self, end: str) -> str:
        return (SESSIONS / f"{self.name}.{end}").read_text(encoding="latin-1")


def names() -> list[str]:
    return sorted(path.stem for path in SESSIONS.glob("*.in"))


def ours(case: Case) -> str:
    """The log lines, then the replies, of our server."""
    found = load_source(SourceFile("exim.conf", case.config), _no_files)
    assert found.stop is None, found.stop
    services = closed_services(case.zone)
    events: list[Event] = []
    facts = Facts(client=case.client, manner=Manner.TESTED, process=1)
    server = SmtpServer(found, AclEngine(found), services, facts, deliver=events.append)
    server.greet()
    server.receive(case.input.replace("\n", "\r\n"))
    server.end_of_input()
    logs = [event.text for event in events if isinstance(event, LogEvent)]
    replies = "".join(event.text for event in events if isinstance(event, Reply))
    return _shown(logs, replies)


def closed_services(zone_text: str) -> Services:
    """Services of a run where the DNS is what *zone_text* says, and nothing else."""
    zone = parse_zone_text(zone_text)
    assert not zone.faults, zone.faults
    return Services(clock=LiveClock(), files=LiveFiles(), hints=MemoryHints(), dns=_Closed(zone))


class _Closed(RecordedDns):
    """What is not recorded does not exist, as in the network of the real Exim."""

    def query(self, name: str, kind: str, options: DnsOptions = PLAIN_OPTIONS) -> DnsAnswer:
        answer = super().query(name, kind, options)
        return replace(answer, status=DnsStatus.NO_DOMAIN) if answer.reason == "not recorded" else answer


def real(exim: str, case: Case) -> str:
    """The same of a real Exim."""
    sys.path.insert(0, str(HERE.parent / "dns"))
    from own_network import ask

    options = "spool_directory = /tmp\nlog_file_path = /tmp/%slog\nkeep_environment =\n"
    output, errors = ask(exim, case.zone, options + case.config, ["-bh", case.client], case.input)
    replies = "\n".join(line for line in output.replace("\r", "").split("\n") if re.match(r"[2345]\d\d[ -]", line))
    return _shown(_LOG.findall(errors), replies)


def _shown(logs: list[str], replies: str) -> str:
    kept = [line for line in logs if not _OF_LIBRARY.search(line)]
    text = "".join(f"{line}\n" for line in kept) + "\n" + replies.replace("\r", "").strip() + "\n"
    return _CHANGING.sub("", _ID.sub("ID", text))


def _no_files(path: str) -> str:
    raise FileNotFoundError(path)
