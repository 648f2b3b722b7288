"""The sender of a local caller who may not choose one. Spec: 14.23 "untrusted_set_sender"."""

from __future__ import annotations

from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_list
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.value import Tainted
from eximconf.smtp.addresses import qualified_sender
from eximconf.smtp.dialogue import Dialogue


def force_sender(dialogue: Dialogue) -> None:
    """Put the caller's own address in place of what MAIL said, unless the caller may set that."""
    forced, message = dialogue.facts.forced_sender, dialogue.message
    if forced is None or _may_set(dialogue, message.sender):
        return
    message.sender = message.raw_sender = forced
    message.unrewritten_sender = None
    dialogue.ctx.variables["sender_address"] = Tainted(forced)


def _may_set(dialogue: Dialogue, sender: str) -> bool:
    listed = dialogue.options.untrusted_set_sender
    if not listed:
        return False
    address = sender if "@" in sender else qualified_sender(dialogue, sender)
    try:
        return match_address_list(dialogue.ctx, address, listed, expand_string, wants_data=False).found
    except Outcome:
        return False
