"""Session files to `Session`s. Any octets give one; what is wrong is in its problems."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from eximconf.config.load import read_octets
from eximconf.replay.front_matter.schema import CONNECTION, WORLD
from eximconf.replay.front_matter.toml import Values, read_block
from eximconf.replay.session import Change, Conversation, Item, Session, Step
from eximconf.source.diagnostic import Diagnostic, Severity
from eximconf.source.text import Location, SourceFile
from eximconf.syntax.session_nodes import (
    BadLine,
    Block,
    Comment,
    Connect,
    Leave,
    Node,
    Send,
    SendMessage,
    Sent,
)
from eximconf.syntax.session_parser import parse_session


def read_session(path: str) -> Session:
    """The session in the file *path*. Raises `OSError`."""
    return session_of(SourceFile(path, read_octets(path)))


def session_of(file: SourceFile) -> Session:
    """The session that *file* holds."""
    tree = parse_session(file.text)
    reader = _Reader(file)
    for node in tree.nodes:
        reader.take(node)
    reader.end_conversation()
    return Session(file, tree, reader.values, tuple(reader.conversations), tuple(reader.problems))


@dataclass(slots=True)
class _Reader:
    """Puts steps together. *fresh*: nothing of the connection has been read but its title."""

    file: SourceFile
    values: Values = field(default_factory=dict)
    conversations: list[Conversation] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    known: Values = field(default_factory=dict)
    changes: Values = field(default_factory=dict)
    title: str = ""
    steps: list[Step] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    start: int = 0
    first: bool = True
    fresh: bool = True

    def take(self, node: Node) -> None:
        match node:
            case Comment():
                return
            case BadLine():
                self.problems.append(_line_fault(node, self.file))
                return
            case Block():
                self._take_block(node)
                return
            case Connect():
                self._connect(node)
            case Send() | SendMessage() | Leave():
                self._send(node)
            case _:
                self.items.append(node)
                self.fresh = False
        self.first = False

    def _take_block(self, node: Block) -> None:
        values, problems = read_block(
            node.toml, self.file, node.toml_start, first=self.first, connects=self.fresh
        )
        self.problems += problems
        if self.first:
            self.values = values
        if self.fresh:
            self.known |= {name: values[name] for name in values if name in CONNECTION}
            self.start = node.end + 1
            self.changes = merged(self.changes, {name: values[name] for name in values if name in WORLD})
        else:
            self.items.append(Change(values, node.start, node.end))
        self.first = self.fresh = False

    def _connect(self, node: Connect) -> None:
        if self.sent or self.items or self.steps:
            self.end_conversation()
        self.title, self.start, self.fresh = node.title, node.end + 1, True

    def _send(self, node: Sent) -> None:
        together = isinstance(node, Send) and node.at_once and bool(self.sent) and not self.items
        if not together:
            self._end_step()
        self.sent.append(node)
        self.fresh = False

    def _end_step(self) -> None:
        self.steps.append(Step(tuple(self.sent), tuple(self.items)))
        self.sent, self.items = [], []

    def end_conversation(self) -> None:
        """Close the connection that was being read, if it has anything in it."""
        if self.sent or self.items or self.steps or not self.conversations:
            self._end_step()
            self.conversations.append(
                Conversation(self.title, dict(self.known), self.changes, tuple(self.steps), self.start)
            )
        self.steps, self.changes, self.title = [], {}, ""


def _line_fault(node: BadLine, file: SourceFile) -> Diagnostic:
    place = Location(file, node.at, max(node.at + 1, node.end))
    return Diagnostic("EX801", "session-line", Severity.ERROR, node.message, place)


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """*new* over *old*, tables table by table."""
    result = dict(old)
    for name, value in new.items():
        before = result.get(name)
        result[name] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result
