"""Connections that break off. Spec: 53.15 "lost_incoming_connection"."""

from __future__ import annotations

from eximconf.smtp.closing import end, log_incomplete, run_notquit
from eximconf.smtp.dialogue import Dialogue


def lose_between_commands(dialogue: Dialogue) -> None:
    """The client has gone without QUIT."""
    log = dialogue.log
    log_incomplete(dialogue, "connection lost")
    run_notquit(dialogue, "connection-lost", "421", f"{dialogue.active_hostname} lost input connection")
    if dialogue.transaction.open or dialogue.message.recipients:
        what = "disconnection" if dialogue.connection.client else "EOF"
        log.main(
            f"unexpected {what} while reading SMTP command from {log.client(flagged=False)} D={log.duration()}",
            "lost_incoming_connection",
        )
    else:
        log.main(f"{log.connection()} lost D={log.duration()}", "smtp_connection")
    end(dialogue, "connection-lost", failed=True)


def lose_in_data(dialogue: Dialogue, where: str) -> None:
    """The client has gone while a message came; *where* says how far it was."""
    log = dialogue.log
    if log.shows("lost_incoming_connection") or log.shows("smtp_connection"):
        log.main(f"{log.connection()} lost while reading message data{where}")
    run_notquit(dialogue, "connection-lost")
    dialogue.reply("421 Lost incoming connection")
    end(dialogue, "connection-lost", failed=True)
