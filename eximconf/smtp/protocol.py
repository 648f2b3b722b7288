"""The name of the protocol, as ``$received_protocol`` and ``P=`` have it. Spec: 11.9 "$received_protocol"."""

from __future__ import annotations

from eximconf.smtp.dialogue import Dialogue


def set_protocol(dialogue: Dialogue, extended: bool | None = None) -> None:
    """Work out the name anew. *extended*: ESMTP, None for what the last HELO or EHLO said."""
    esmtp = dialogue.connection.esmtp if extended is None else extended
    authenticated = "a" if dialogue.ctx.variables.get("sender_host_authenticated") else ""
    if dialogue.facts.tls_on_connect and dialogue.log.shows("tls_on_connect"):
        name = f"essmtp{authenticated}"
    else:
        encrypted = "s" if dialogue.tls_active else ""
        name = f"esmtp{encrypted}{authenticated}" if esmtp else f"smtp{encrypted}"
    put_protocol(dialogue, name if dialogue.connection.client else f"local-{name}")


def put_protocol(dialogue: Dialogue, name: str) -> None:
    """Set the name."""
    dialogue.protocol = name
    dialogue.ctx.variables["received_protocol"] = name
