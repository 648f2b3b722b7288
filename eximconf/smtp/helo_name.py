"""The name that the client gives with HELO or EHLO. Spec: 11.9 "sender_helo_name"."""

from __future__ import annotations

from eximconf.runtime.value import Tainted
from eximconf.smtp.dialogue import Dialogue


def put_helo_name(dialogue: Dialogue, name: str) -> None:
    """Take the name, or with "" forget it; log lines show it only when the command has come further."""
    dialogue.connection.helo = name
    if name:
        dialogue.ctx.variables["sender_helo_name"] = Tainted(name)
    else:
        dialogue.ctx.variables.pop("sender_helo_name", None)


def forget_helo_name(dialogue: Dialogue) -> None:
    """Forget the name; log lines show none then."""
    put_helo_name(dialogue, "")
    dialogue.log.helo = None
