"""How long the server waits for a client that sends nothing, and what it does then. Spec: 14.23
"smtp_receive_timeout", "proxy_protocol_timeout"."""

from __future__ import annotations

from eximconf.smtp.chunk_reader import ChunkReader
from eximconf.smtp.closing import end, run_notquit
from eximconf.smtp.data_reader import DataReader
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.proxy import ProxyReader


def patience(dialogue: Dialogue) -> float:
    """The seconds that the server waits for input now; 0: for ever."""
    if isinstance(dialogue.reader, ProxyReader):
        return float(dialogue.options.proxy_protocol_timeout or 0)
    return float(dialogue.receive_timeout)


def lose_patience(dialogue: Dialogue) -> None:
    """The client has sent nothing for that long."""
    reader = getattr(dialogue.reader, "__self__", dialogue.reader)
    if isinstance(reader, ProxyReader):
        reader.give_up(dialogue)
    elif isinstance(reader, DataReader | ChunkReader):
        reader.break_off(dialogue)
        _end_data(dialogue)
    else:
        _end_command(dialogue)


def _end_command(dialogue: Dialogue) -> None:
    log, tls = dialogue.log, " TLS" if dialogue.tls_active else ""
    log.main(
        f"SMTP command timeout on{tls} connection from {log.client(flagged=False)} D={log.duration()}",
        "lost_incoming_connection",
    )
    run_notquit(
        dialogue,
        "command-timeout",
        "421",
        f"{dialogue.active_hostname}: SMTP command timeout - closing connection",
    )
    end(dialogue, "command-timeout", failed=True)


def _end_data(dialogue: Dialogue) -> None:
    log, texts = dialogue.log, dialogue.log.texts()
    who = texts.full if texts is not None else "local process"
    log.main(
        f"SMTP data timeout (message abandoned) on connection from {who} F=<{dialogue.message.sender}> "
        f"D={log.duration()}",
        "lost_incoming_connection",
    )
    run_notquit(
        dialogue,
        "data-timeout",
        "421",
        f"{dialogue.active_hostname} SMTP incoming data timeout - closing connection.",
    )
    end(dialogue, "data-timeout", failed=True)
