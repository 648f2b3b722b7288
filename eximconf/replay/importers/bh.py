"""Output of ``exim -bh``: replies, trace and log lines; typed commands where a terminal has shown them.

Where commands were piped in, they are not in the output. They are worked out from the replies and the log lines
then, as far as that goes.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field

from eximconf.replay.importers.model import Imported, ImportedConnection
from eximconf.replay.oracle.trace import Decided, decisions
from eximconf.syntax.session_nodes import Comparison, Decision, Node, Send

_WHO = re.compile(r"\*\*\*\* SMTP testing session as if from host (\S+)")
_REPLY = re.compile(r"[2-5]\d\d(?:[ -]|$)")
_HELLO = re.compile(r"250[- ]\S+ Hello (?:\S+ at )?(\S+) \[")
_SENDER = re.compile(r" F=<([^>]*)>")
_RCPT = re.compile(r"rejected RCPT <?([^\s:>]*)")
_ID = re.compile(r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}")
_PLACE = re.compile(r"processing .*\((.*) (\d+)\)$")
_COMMAND = re.compile(
    r"(?:helo|ehlo|mail from:|rcpt to:|data$|bdat |rset|noop|quit|vrfy |expn |etrn |auth |starttls|help)", re.IGNORECASE
)
_MESSAGE = ("Subject: unknown", "", "unknown", ".")
_NOBODY = "unknown@unknown.example"


@dataclass(slots=True)
class _Exchange:
    """A reply, with the trace before it and the log lines around it."""

    reply: list[str]
    trace: list[str]
    logged: list[str]
    decided: list[Decision] = field(default_factory=list)


@dataclass(slots=True)
class _Run:
    """The output of one process. *typed*: lines that a person typed, or a terminal showed, in order."""

    client: str
    exchanges: list[_Exchange] = field(default_factory=list)
    typed: deque[str] = field(default_factory=deque)
    reply: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        if line.startswith(">>> "):
            self.trace.append(line[4:])
        elif line.startswith("LOG: "):
            self._log(line[5:])
        elif _REPLY.match(line):
            self.reply.append(line)
            if line[3:4] != "-":
                self.exchanges.append(_Exchange(self.reply, self.trace, self.logged))
                self.reply, self.trace, self.logged = [], [], []
        elif not line.startswith("****"):
            self.typed.append(line)

    def _log(self, text: str) -> None:
        """A refusal is logged behind its reply: no ACL has run since then."""
        if self.exchanges and not self.trace:
            self.exchanges[-1].logged.append(text)
        else:
            self.logged.append(text)


def read(text: str) -> Imported:
    """The session in the output of one or several runs."""
    runs: list[_Run] = []
    ahead: list[str] = []
    for line in text.replace("\r", "").split("\n"):
        who = _WHO.match(line)
        if who is not None:
            runs.append(_Run(who[1], typed=deque(ahead)))
            ahead = []
        elif runs:
            runs[-1].take(line)
        elif line.strip():
            ahead.append(line)
    imported = Imported([_connection(run) for run in runs if run.exchanges])
    if not imported.connections:
        imported.faults.append("there is no reply in it")
    return imported


def _connection(run: _Run) -> ImportedConnection:
    made = ImportedConnection({"client": run.client}, title="a run of exim -bh")
    typed = any(_COMMAND.match(line) for line in run.typed)
    if not typed:
        made.assume("all commands: the output of a run that they were piped into does not have them")
        _put_in_order(run)
    commands = _Typed(run.typed) if typed else _Guessed()
    for number, exchange in enumerate(run.exchanges):
        if number:
            commands.send(made, exchange)
        made.expect(exchange.reply)
        _assert(made, exchange)
    return made


def _put_in_order(run: _Run) -> None:
    """Where commands were piped in, many replies come at once: refusals belong to the lines of the log in order."""
    refusals = deque(text for one in run.exchanges for text in one.logged if "rejected" in text)
    trace = [line for one in run.exchanges for line in one.trace]
    refused = deque(one for one in decisions(trace) if one.verdict != "ACCEPT")
    files = _files(trace)
    for exchange in run.exchanges:
        exchange.trace, exchange.logged = [], []
        if exchange.reply[0][0] in "45":
            exchange.logged += [refusals.popleft()] if refusals else []
            if refused:
                exchange.decided.append(_decision(refused.popleft(), files))


def _assert(made: ImportedConnection, exchange: _Exchange) -> None:
    files = _files(exchange.trace)
    made.nodes += exchange.decided
    made.nodes += [_decision(decided, files) for decided in decisions(exchange.trace)]
    made.nodes += [Comparison("log", "", "=", text) for text in exchange.logged if not _ID.search(text)]


def _files(trace: list[str]) -> dict[int, str]:
    """The files in which a trace places statements, by line."""
    return {int(place[2]): place[1].rpartition("/")[2] for place in map(_PLACE.search, trace) if place}


def _decision(decided: Decided, files: dict[int, str]) -> Decision:
    file = files.get(decided.line, "")
    return Decision(decided.acl, decided.verb, file, decided.line if file else 0)


class _Typed:
    """Sends the typed lines that a reply is an answer to: one, or those up to the end of a message."""

    def __init__(self, lines: deque[str]) -> None:
        self._lines = lines
        self._in_message = False

    def send(self, made: ImportedConnection, exchange: _Exchange) -> None:
        while self._lines:
            line = self._lines.popleft()
            if line or self._in_message:
                made.send(line)
            if (line == ".") if self._in_message else line:
                break
        self._in_message = exchange.reply[0].startswith("354")


class _Guessed:
    """Sends what a reply may be an answer to. *stage*: what was sent before."""

    def __init__(self) -> None:
        self._stage = ""

    def send(self, made: ImportedConnection, exchange: _Exchange) -> None:
        first, logged = exchange.reply[0], " ".join(exchange.logged)
        hello, rcpt = _HELLO.match(first), _RCPT.search(logged)
        if hello is not None:
            made.send(f"{'EHLO' if len(exchange.reply) > 1 else 'HELO'} {hello[1]}")
            self._stage = "hello"
        elif first.startswith("221"):
            made.send("QUIT")
        elif first.startswith("354"):
            made.send("DATA")
            self._stage = "data"
        elif self._stage == "data":
            made.assume("the message")
            for line in _MESSAGE:
                made.send(line)
            self._stage = "hello"
        elif self._stage == "hello" and rcpt is None:
            made.send(f"MAIL FROM:<{_NOBODY}>")
            self._stage = "mail"
        else:
            made.send(f"RCPT TO:<{rcpt[1] if rcpt else _NOBODY}>")
            sender = _SENDER.search(logged)
            if sender is not None:
                made.nodes[:] = [_from(node, sender[1]) for node in made.nodes]


def _from(node: Node, sender: str) -> Node:
    """MAIL with a sender that a later line of the log has told."""
    unknown = isinstance(node, Send) and node.octets == f"MAIL FROM:<{_NOBODY}>\r\n"
    return Send(f"MAIL FROM:<{sender}>\r\n") if unknown else node
