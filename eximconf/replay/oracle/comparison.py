"""Compares a session with a real Exim, step by step: replies, who decided, log lines.

What cannot be the same is made the same on both sides first: message ids, dates, versions, sizes, durations. What a
session has recorded (the DNS, look-ups, commands …) a real Exim cannot be given, nor can its clock be moved: steps
that rest on that are not compared, and those behind them only as long as they go alike.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from eximconf.catalog.model import NEWEST
from eximconf.config.load import read_octets
from eximconf.config.model import Configuration
from eximconf.replay.configurations import Configurations
from eximconf.replay.conversation import Play, chunks, dotted, message_lines
from eximconf.replay.expectations import lines_of
from eximconf.replay.oracle.configuration import adapted, shift_of
from eximconf.replay.oracle.process import Heard, RealExim, build_of, command_line
from eximconf.replay.oracle.trace import Decided, decisions
from eximconf.replay.player import Performance, Player, Unplayable, Ways
from eximconf.replay.result import OracleStep, SessionResult, Status
from eximconf.replay.scope import Scope
from eximconf.replay.secrets import Redactor
from eximconf.replay.session import Change, Session, Step
from eximconf.replay.world.clock import duration
from eximconf.smtp.events import TlsStarted
from eximconf.smtp.facts import Manner
from eximconf.source.records import record
from eximconf.syntax.session_nodes import Advance, Leave, Send, SendMessage
from eximconf.syntax.session_unparse import unparse_line

_SAME = (
    (re.compile(r"(?<![A-Za-z0-9])[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{11}-[0-9A-Za-z]{4}|[0-9A-Za-z]{6}-[0-9A-Za-z]{2})(?![A-Za-z0-9])"), "<id>"),
    (re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"), "<date>"),
    (re.compile(r"\bExim 4\.[\w.-]+"), "Exim <version>"),
    (re.compile(r"\b(S|D|DT|QT|RT)=[\d.]+(?:ms|[smhd])?"), r"\1=<n>"),
    (re.compile(r"\bCi=\d+"), "Ci=<n>"),
    (re.compile(r"^\[\d+\] "), "[<n>] "),
)  # fmt: skip
_TLS = "under TLS, which the session only takes as a fact"


def compare(session: Session, result: SessionResult, configurations: Configurations, exim: str) -> SessionResult:
    """*result* with what a real *exim* has to say; a difference makes it fail."""
    build = build_of(exim)
    own = Configurations(configurations.file, configurations.define, without=build.without)
    target = _target(session, build.version)
    session = replace(session, values={**session.values, "target": target})
    try:
        performance = Player(own, Ways(manner=Manner.TESTED)).prepare(session)
        steps = tuple(_compared(performance, own, exim))
    except (Unplayable, OSError) as error:
        return replace(result, oracle=(OracleStep(1, (), (), (), why=str(error)),))
    differs = any(step.differs for step in steps)
    status = Status.FAILED if differs and result.good else result.status
    return replace(result, status=status, oracle=steps)


def _target(session: Session, version: str) -> str:
    """The version to be like: that of the real Exim, unless the session says another one."""
    if "target" in session.values:
        return str(session.values["target"])
    found = re.match(r"4\.\d+(?:\.\d+)?", version)
    return found[0] if found is not None and not re.search(r"-\d+-|-dev", version) else NEWEST


def _compared(performance: Performance, configurations: Configurations, exim: str) -> Iterator[OracleStep]:
    session = performance.session
    performance.traced = True
    performance.named = performance.loaded.configuration["host_lookup"] is None  # then -oMs would do nothing
    path = performance.loaded.configuration.file
    text = read_octets(path)
    with tempfile.TemporaryDirectory(prefix="exim-conf-") as folder:
        os.chmod(folder, 0o777)  # Exim's own user must reach it
        changed = adapted(text, path, folder)
        config = os.path.join(folder, os.path.basename(path))
        with open(config.encode("latin-1"), "wb") as file:
            file.write(changed.encode("latin-1"))
        macros = {**session.values.get("define", {}), **configurations.define}
        names = _Names(config, path, shift_of(text, changed))
        table = _Table(session, names, performance.loaded.redactor)
        for _, play in performance.conversations():
            play.server.context.variables["sender_address"] = _caller(performance.loaded.configuration)
            yield from _Conversation(play, table, command_line(exim, config, macros, play.facts), folder).steps()


def _caller(configuration: Configuration) -> str:
    """The address of whoever runs the process: ``$sender_address`` until a message begins."""
    import pwd

    domain = configuration["qualify_domain"] or configuration["primary_hostname"] or ""
    try:
        return f"{pwd.getpwuid(os.getuid()).pw_name}@{domain}"
    except KeyError:
        return ""


@record
class _Names:
    """The configuration of the real Exim is in the file *theirs*, ours in *ours*, with *shift* lines less in front."""

    theirs: str
    ours: str
    shift: int

    def ours_in(self, line: str) -> str:
        """*line* of the real Exim with places as we name them."""
        if self.theirs not in line:
            return line
        file = re.escape(self.theirs)
        line = re.sub(rf"(?<=line )\d+(?= of {file})|(?<={file} )\d+", lambda number: str(int(number[0]) - self.shift), line)
        return line.replace(self.theirs, self.ours)


@dataclass(slots=True)
class _Table:
    """*after*: why nothing behind a step can be compared, "" if it can. *moved*: the clock was."""

    session: Session
    names: _Names
    redactor: Redactor
    after: str = ""
    moved: bool = False


@dataclass(slots=True)
class _Conversation:
    """One connection on both sides."""

    play: Play
    table: _Table
    command: Sequence[str]
    folder: str

    def steps(self) -> Iterator[OracleStep]:
        table = self.table
        table.after = self._why_not()
        if table.after:
            yield OracleStep(self._line(self.play.conversation.start), (), (), (), why=table.after)
            return
        with RealExim(self.command, self.folder) as real:
            for step, scope in self.play.steps():
                yield self._step(real, step, scope)
                self._go_on(step, scope)

    def _go_on(self, step: Step, scope: Scope) -> None:
        """What changes before the next step, on our side."""
        for item in step.items:
            if isinstance(item, Advance):
                self.table.moved = True
                self.play.world.clock.wait(duration(item.text))
            elif isinstance(item, Change):
                self.play.world.change(item.values)
                scope.ctx.variables.update(item.values.get("variables", {}))

    def _why_not(self) -> str:
        facts = self.play.facts
        if not facts.client:
            return "exim -bh needs the address of a client"
        return _TLS if facts.tls_on_connect else ""

    def _line(self, offset: int) -> int:
        return self.table.session.file.position(offset)[0]

    def _step(self, real: RealExim, step: Step, scope: Scope) -> OracleStep:
        heard = self._send(real, step, scope)
        table = self.table
        rename = table.names.ours_in
        their_rows = _rows(_plain(heard.replies), decisions(map(rename, heard.trace)), map(rename, heard.logged))
        theirs = tuple(map(table.redactor.strike, map(_same, their_rows)))
        trace = [line for text in scope.trace for line in text.split("\n")]
        logged = [event.text for event in scope.logged()]
        ours = tuple(map(table.redactor.strike, map(_same, _rows(scope.replies, decisions(trace), logged))))
        sent = tuple(map(unparse_line, step.sent))
        line = self._line(step.start)
        differs = theirs != ours
        follows = bool(table.after)
        why = table.after or self._why(scope, step)
        if differs and why and not follows:
            table.after = f"line {line} went another way"
        if any(isinstance(event, TlsStarted) for event in scope.events):
            table.after = _TLS
        return OracleStep(line, sent, theirs, ours, differs and not why, why if differs else "", follows)

    def _why(self, scope: Scope, step: Step) -> str:
        """Why a step cannot be compared; "" if it can."""
        kinds = dict.fromkeys(f"{kind} ({detail})" for kind, detail in scope.uses)
        if kinds:
            return f"it asks for what only the session has: {', '.join(list(kinds)[:3])}"
        if self.table.moved and any("ratelimit" in line or "seen db" in line for line in scope.trace):
            return "the clock of a real Exim cannot be moved"
        if any(isinstance(one, Leave) and one.silent for one in step.sent):
            return "a real Exim would have to be waited for"
        return ""

    def _send(self, real: RealExim, step: Step, scope: Scope) -> Heard:
        """Send what the client sends in *step*; as many replies are waited for as we gave."""
        if self.table.after == _TLS or scope.closed_before or scope.fault:
            return Heard((), (), ())
        if not step.sent:
            return real.hear(len(scope.replies))
        first = step.sent[0]
        if isinstance(first, Leave):
            return real.end()
        octets = "".join(one.octets for one in step.sent if isinstance(one, Send))
        if isinstance(first, SendMessage):
            octets = self._message(first)
        ends = scope.closed is not None
        heard = real.send(octets, len(scope.replies))
        if not ends:
            return heard
        rest = real.end()
        return Heard(heard.replies + rest.replies, heard.trace + rest.trace, heard.logged + rest.logged, True)

    def _message(self, node: SendMessage) -> str:
        try:
            lines = message_lines(node, self.play.folder)
        except OSError:
            return ""
        return dotted(lines) if node.chunk is None else "".join(chunks(lines, node.chunk))


def _rows(replies: Sequence[str], decided: Sequence[Decided], logged: Iterable[str]) -> Iterator[str]:
    for reply in replies:
        yield from (f"< {line}" for line in lines_of(reply))
    yield from (f"= {one}" for one in decided)
    yield from (f"LOG: {line}" for line in logged)


def _plain(replies: Sequence[str]) -> list[str]:
    return [reply.removesuffix("\n").replace("\n", "\r\n") for reply in replies]


@lru_cache(maxsize=4096)
def _same(line: str) -> str:
    """*line* without what differs from run to run."""
    for pattern, word in _SAME:
        line = pattern.sub(word, line)
    return line
