"""Transcripts of swaks: `` -> `` sent, ``<-  `` received, ``<** `` refused; with ``~`` in place of ``-`` under TLS."""

from __future__ import annotations

import re

from eximconf.replay.importers.model import Imported, ImportedConnection

_LINE = re.compile(r"( [-~*]>|<[-~*][ *]|===|\*\*\*) ?(.*)")
_REPLY = re.compile(r"[2-5]\d\d(?:[ -]|$)")
_WHO = re.compile(r"\*\*\*\* SMTP testing session as if from host (\S+)")


def read(text: str) -> Imported:
    """The session in a transcript; every ``=== Trying`` begins a connection."""
    imported = Imported()
    reader = _Reader(imported)
    for line in text.replace("\r", "").split("\n"):
        found = _LINE.match(line)
        if found is not None:
            reader.take(found[1], found[2])
    reader.finish()
    if not imported.connections:
        imported.faults.append("there is no line of a transcript of swaks")
    return imported


class _Reader:
    def __init__(self, imported: Imported) -> None:
        self._imported = imported
        self._connection: ImportedConnection | None = None
        self._reply: list[str] = []

    def take(self, mark: str, text: str) -> None:
        if mark == "===":
            self._remark(text)
        elif mark == "***":
            return
        elif mark.endswith(">"):
            self._close_reply()
            self._open().send(text)
        else:
            self._received(text)

    def _remark(self, text: str) -> None:
        if text.startswith(("Trying", "Connected to")) and (self._connection is None or self._connection.nodes):
            self.finish()
            self._connection = self._open()
        elif text.startswith("TLS started"):
            self._open().assume(f"TLS is as swaks says: {text}")

    def _open(self) -> ImportedConnection:
        if self._connection is None:
            self._connection = ImportedConnection(title="a transcript of swaks")
            self._connection.assume("the address of the client, which a transcript does not have: client = ...")
            self._imported.connections.append(self._connection)
        return self._connection

    def _received(self, text: str) -> None:
        who = _WHO.match(text)
        if who is not None:
            connection = self._open()
            connection.values["client"] = who[1]
            connection.assumed = [one for one in connection.assumed if "client" not in one]
        elif _REPLY.match(text):
            self._reply.append(text)
            if text[3:4] != "-":
                self._close_reply()

    def _close_reply(self) -> None:
        if self._reply:
            self._open().expect(self._reply)
            self._reply = []

    def finish(self) -> None:
        """The connection ends."""
        self._close_reply()
        self._connection = None
