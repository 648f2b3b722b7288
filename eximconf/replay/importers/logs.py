"""Lines of Exim's main log and reject log: for each that tells of a client, a connection that would have led to it.

A line says who the client was, and what was refused or accepted; the rest of the dialogue is the shortest that
gets there.
"""

from __future__ import annotations

import re
from datetime import datetime

from eximconf.replay.importers.model import Imported, ImportedConnection
from eximconf.syntax.session_nodes import Comparison, Send, SendMessage

_STAMP = re.compile(
    r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)?(?: ([+-]\d\d)(\d\d))? (?:\[\d+\] )?"
    r"(?:([0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}) )?(.*)"
)
_HOST = re.compile(r"(?:H=|from )(?:([^\s(\[]+) )?(?:\(([^)]*)\) )?\[([0-9A-Fa-f.:]+)\](?::(\d+))?")
_INTERFACE = re.compile(r" I=\[([0-9A-Fa-f.:]+)\](?::(\d+))?")
_FIELDS = re.compile(r" ([A-Z]{1,3})=(\"[^\"]*\"|\S+)")
_SENDER = re.compile(r" F=<([^>]*)>")
_COMMAND = re.compile(r"(?:temporarily )?rejected (?:(RCPT) <?([^>:\s]*)>?|(MAIL) <([^>]*)>|(EHLO|HELO)(?: or HELO)? ([^\s:]+))")
_AFTER_DATA = re.compile(r"(?:temporarily )?rejected (?:after DATA|by \S+ ACL|during MIME)")
_CONNECT = re.compile(r"(?:temporarily )?rejected connection in")
_HEADER = re.compile(r"(?:\S| ) [!-9;-~]+[ \t]*:")
_ENVELOPE_TO = re.compile(r"(?:Envelope-to:|^ +) *<([^>]+)>")
_RECIPIENT = re.compile(r" for (\S+(?: \S+)*)$")


def read(text: str) -> Imported:
    """The connections in the lines of a log."""
    imported = Imported()
    details: list[str] = []
    for line in text.replace("\r", "").split("\n"):
        found = _STAMP.match(line)
        if found is None:
            details.append(line)
            continue
        _take_details(imported, details)
        details = []
        connection = _connection(found)
        if connection is not None:
            imported.connections.append(connection)
        elif found[6].strip():
            imported.faults.append(line[:100])
    _take_details(imported, details)
    return imported


def _connection(line: re.Match[str]) -> ImportedConnection | None:
    """The connection that leads to a line; None for a line that is not about one."""
    text = line[6]
    host = _HOST.search(text)
    if host is None or text.startswith(("=>", "->", "**", "==", ">>", "*>")):
        return None
    made = ImportedConnection(title=text[:80])
    _facts(made, line, host)
    helo = host[2] or host[1]
    if not helo:
        made.assume("the name in EHLO")
        helo = "unknown.example"
    if _CONNECT.search(text):
        _refused(made, text)
        return made
    made.send(f"EHLO {helo}")
    if text.startswith("<= "):
        _accepted(made, text)
    else:
        _up_to(made, text)
    return made


def _facts(made: ImportedConnection, line: re.Match[str], host: re.Match[str]) -> None:
    port = f":{host[4]}" if host[4] else ""
    made.values["client"] = f"[{host[3]}]{port}" if ":" in host[3] else f"{host[3]}{port}"
    if host[1]:
        made.values["rdns"] = host[1]
    else:
        made.assume("the client has no name in the DNS, as the line shows none")
        made.values["rdns"] = "none"
    interface = _INTERFACE.search(line[6])
    if interface is not None:
        made.values["interface"] = f"[{interface[1]}]:{interface[2]}" if interface[2] else interface[1]
    _time(made, line)
    fields = dict(_FIELDS.findall(line[6]))
    if "A" in fields:
        made.assume("the client has authenticated, here before the session begins")
        mechanism, _, identity = fields["A"].partition(":")
        made.values["auth"] = {"mechanism": mechanism, "id": identity.partition(":")[0]}
    if "X" in fields:
        version, _, _ = fields["X"].partition(":")
        made.assume("TLS was started before EHLO")
        made.values["tls"] = {"cipher": fields["X"], "version": version, "on_connect": True}


def _time(made: ImportedConnection, line: re.Match[str]) -> None:
    zone = f"{line[3]}:{line[4]}" if line[3] else ""
    if not zone:
        made.assume("the times of the log are UTC")
    try:
        made.values["clock"] = datetime.fromisoformat(f"{line[1]}T{line[2]}{zone or '+00:00'}")
    except ValueError:
        made.assume("the time, which is none")


def _accepted(made: ImportedConnection, text: str) -> None:
    sender = text.split(" ")[1]
    made.send("MAIL FROM:<>" if sender == "<>" else f"MAIL FROM:<{sender}>")
    recipients = _RECIPIENT.search(text)
    if recipients is None:
        made.assume("the recipient (the log selector received_recipients shows it)")
    for recipient in (recipients[1] if recipients else "unknown@unknown.example").split():
        made.send(f"RCPT TO:<{recipient}>")
    made.send("DATA")
    made.assume("the message")
    made.nodes.append(SendMessage(text="Subject: unknown\n\nunknown\n"))
    made.expect(["250"])


def _up_to(made: ImportedConnection, text: str) -> None:
    """The commands up to the one that was refused."""
    command, sender = _COMMAND.search(text), _SENDER.search(text)
    if command is not None and command[5]:
        made.nodes.clear()
        made.send(f"{command[5]} {command[6]}")
    elif command is not None and command[3]:
        made.send(f"MAIL FROM:<{command[4]}>")
    elif sender is not None or command is not None:
        if sender is None:
            made.assume("the sender")
        made.send(f"MAIL FROM:<{sender[1] if sender else ''}>")
        if command is not None:
            made.send(f"RCPT TO:<{command[2]}>")
        elif _AFTER_DATA.search(text):
            _refused_message(made, text)
            return
    if "rejected" in text:
        _refused(made, text)


def _refused_message(made: ImportedConnection, text: str) -> None:
    recipients = _RECIPIENT.search(text)
    made.assume("the recipients and the message, unless the reject log has them")
    made.send(f"RCPT TO:<{recipients[1].split()[0] if recipients else 'unknown@unknown.example'}>")
    made.send("DATA")
    made.nodes.append(SendMessage(text="Subject: unknown\n\nunknown\n"))
    _refused(made, text)


def _refused(made: ImportedConnection, text: str) -> None:
    made.assume("the code of the answer")
    made.expect(["451" if "temporarily" in text else "550"])
    reason = text.partition("rejected")[2].strip()
    made.nodes.append(Comparison("log", "", "~", rf"\Q{reason.replace(chr(92) + 'E', '')}\E"))


def _take_details(imported: Imported, lines: list[str]) -> None:
    """Put the envelope and the header that the reject log has below a line into the message of the last connection."""
    header: list[str] = []
    for line in lines:
        if _HEADER.match(line):
            header.append(line[2:])
        elif line[:1] in (" ", "\t") and header:
            header[-1] += f"\n{line}"
    if not imported.connections:
        return
    connection = imported.connections[-1]
    recipients = [found[1] for line in lines for found in _ENVELOPE_TO.finditer(line)]
    if recipients:
        _name_recipients(connection, recipients)
    if not header:
        return
    for number, node in enumerate(connection.nodes):
        if isinstance(node, SendMessage):
            connection.assume("the body of the message")
            connection.nodes[number] = SendMessage(text="\n".join(header) + "\n\nunknown\n")


def _name_recipients(connection: ImportedConnection, recipients: list[str]) -> None:
    """Put the recipients of the envelope in place of what was assumed."""
    at = next((at for at, node in enumerate(connection.nodes) if isinstance(node, Send) and _is_rcpt(node)), None)
    if at is None:
        return
    connection.nodes[:] = [node for node in connection.nodes if not (isinstance(node, Send) and _is_rcpt(node))]
    connection.nodes[at:at] = [Send(f"RCPT TO:<{recipient}>\r\n") for recipient in recipients]


def _is_rcpt(node: Send) -> bool:
    return node.octets.startswith("RCPT TO:")
