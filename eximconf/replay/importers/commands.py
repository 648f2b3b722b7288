"""Plain files of commands, as they are piped into ``exim -bh``: each line is sent as it stands."""

from __future__ import annotations

from eximconf.replay.importers.model import Imported, ImportedConnection


def read(text: str) -> Imported:
    """A session that sends the lines of *text* and expects nothing."""
    connection = ImportedConnection(title="a file of commands")
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n") if text else []
    for line in lines:
        connection.send(line)
    connection.assume("the address of the client: client = ...")
    return Imported([connection], faults=[] if lines else ["the file is empty"])
