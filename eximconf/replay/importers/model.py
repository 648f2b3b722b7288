"""What importers make, and how that is written as a session."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from eximconf.replay.world.ledger import toml_key, toml_string
from eximconf.syntax.session_nodes import Block, Comment, Connect, ExpectReply, Node, Send
from eximconf.syntax.session_unparse import unparse_session

_VOLATILE = re.compile(r"(OK id=).*")
_AGAIN: dict[str, Any] = {"tls": True, "auth": {}, "interface": "", "ident": ""}
"""What a connection has without anything being said; else it would be as it was for the one before."""


@dataclass(slots=True)
class ImportedConnection:
    """*values*: of its block; *nodes*: its dialogue; *assumed*: what the record does not say and was filled in."""

    values: dict[str, Any] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    title: str = ""
    assumed: list[str] = field(default_factory=list)

    def send(self, line: str) -> None:
        """The client sends a line."""
        self.nodes.append(Send(f"{line}\r\n"))

    def expect(self, lines: Sequence[str]) -> None:
        """The server answers with these lines, each with its code; texts that differ from run to run are left out."""
        for number, line in enumerate(lines):
            text = _VOLATILE.sub(r"\1", line[4:].rstrip())
            self.nodes.append(ExpectReply(line[:3], "" if line[:3] == "220" else text, number + 1 < len(lines)))

    def assume(self, text: str) -> None:
        """Note something that was filled in, once."""
        if text not in self.assumed:
            self.assumed.append(text)


@dataclass(slots=True)
class Imported:
    """All connections of a record. *values*: for the first block. *faults*: lines that nothing could be made of."""

    connections: list[ImportedConnection] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


Importer: TypeAlias = Callable[[str], Imported]
"""Reads a record (latin-1). It raises nothing: what it cannot read is left out."""


def session_text(imported: Imported, values: dict[str, Any]) -> str:
    """The session (latin-1) for what was imported; *values* come before its own in the first block."""
    nodes: list[Node] = []
    before: dict[str, Any] = {}
    for number, connection in enumerate(imported.connections):
        if number:
            nodes += [Comment(""), Connect(connection.title)]
        if not number:
            title = {"title": connection.title} if connection.title and "title" not in values else {}
            merged = {**title, **values, **imported.values, **connection.values}
            nodes.append(Block(_toml(merged)))
        else:
            changed = {name: value for name, value in _AGAIN.items() if name in before} | connection.values
            if changed:
                nodes.append(Block(_toml(changed)))
        before = connection.values
        nodes += [Comment(f"# assumed: {text}") for text in connection.assumed]
        nodes += connection.nodes
    nodes += [Comment(f"# left out: {text}") for text in imported.faults]
    return unparse_session(nodes)


def _toml(values: dict[str, Any]) -> str:
    plain = [f"{toml_key(name)} = {_value(value)}\n" for name, value in values.items() if not isinstance(value, dict)]
    tables = []
    for name, value in values.items():
        if isinstance(value, dict):
            entries = [f"{toml_key(key)} = {_value(item)}\n" for key, item in value.items()]
            tables.append("".join([f"[{toml_key(name)}]\n", *entries]))
    return "".join([*plain, *tables])


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return toml_string(value).encode().decode("latin-1") if isinstance(value, str) else str(value)
