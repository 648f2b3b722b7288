"""Rewriting the addresses of the envelope when a message has come. Spec: 31.4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eximconf.runtime.value import Tainted
from eximconf.smtp.addresses import parts
from eximconf.smtp.dialogue import Dialogue

if TYPE_CHECKING:
    from eximconf.route.rewriting import Rewriter


def rewriter_of(dialogue: Dialogue) -> Rewriter | None:
    """The rules of the configuration, None if there are none."""
    if not dialogue.engine.configuration.rewrites:
        return None
    from eximconf.route.rewriting import Rewriter  # few configurations have such rules

    return Rewriter.of(dialogue.engine.configuration)


def rewrite_recipients(dialogue: Dialogue, rewriter: Rewriter) -> None:
    """Rewrite the recipients."""
    for recipient in dialogue.message.recipients:
        address = rewriter.envelope(dialogue.ctx, Tainted(recipient.address), recipient=True)
        if address != recipient.address:
            recipient.address = address
            recipient.local_part, recipient.domain = parts(address)


def rewrite_sender(dialogue: Dialogue, rewriter: Rewriter) -> None:
    """Rewrite the sender, unless its verification has done so."""
    message = dialogue.message
    if message.sender and message.unrewritten_sender is None:
        message.sender = rewriter.envelope(dialogue.ctx, Tainted(message.sender), recipient=False)
        dialogue.ctx.variables["sender_address"] = Tainted(message.sender)
