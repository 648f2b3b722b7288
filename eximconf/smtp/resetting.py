"""The start of a new message: what no message leaves to the next one."""

from __future__ import annotations

from functools import lru_cache

from eximconf.runtime.session import Message
from eximconf.smtp.closing import let_callout_go, log_incomplete
from eximconf.smtp.dialogue import Dialogue, Transaction

# Variables that are set for one message, by whoever sets them.
_OF_MESSAGE = frozenset((
    "sender_address", "sender_address_data", "sender_data", "recipient_data", "recipient_verify_failure",
    "callout_address", "dnslist_domain", "dnslist_matched", "authenticated_sender", "sender_rate",
    "sender_rate_limit", "sender_rate_period", "message_smtputf8", "prdr_requested", "domain", "local_part",
    "domain_data", "local_part_data", "address_data", "return_path", "message_body", "message_body_end",
    "message_linecount", "body_linecount", "body_zerocount", "message_size", "malware_name", "dcc_header",
    "dcc_result", "value", "srs_recipient", "headers_added",
))  # fmt: skip
_PREFIXES = (
    "acl_m",
    *(f"regex{number}" for number in range(1, 10)),
    "spf_",
    "dkim_",
    "dmarc_domain",
    "dmarc_status",
    "dmarc_used",
    "arc_domains",
    "arc_state",
)
_AGAIN_UNCOUNTED = ("rset", "helo", "ehlo", "starttls")


@lru_cache(maxsize=4096)
def _is_of_message(name: str) -> bool:
    return name in _OF_MESSAGE or name.startswith(_PREFIXES)


def reset(dialogue: Dialogue) -> None:
    """Forget the message at hand and all that was set for it."""
    let_callout_go(dialogue)
    variables = dialogue.ctx.variables
    for name in list(filter(_is_of_message, variables)):
        del variables[name]
    variables["message_size"] = "-1"
    variables["message_smtputf8"] = variables["prdr_requested"] = "no"
    message = Message()
    message.controls.suppress_local_fixups = False
    dialogue.connection.message = message
    dialogue.connection.recipient = None
    dialogue.transaction = Transaction()
    dialogue.ctx.headers = None


def start_message(dialogue: Dialogue) -> None:
    """Get ready for a message: at the start of a connection, and when a message was taken or refused."""
    reset(dialogue)
    dialogue.counters.uncounted.update(_AGAIN_UNCOUNTED)
    dialogue.counters.transaction_line = dialogue.counters.lines
    dialogue.chunks.active = dialogue.chunks.last = False


def obey_rset(dialogue: Dialogue) -> None:
    """Answer RSET; what it resets depends on where it came."""
    dialogue.history.append("RSET")
    log_incomplete(dialogue, "RSET")
    dialogue.reply("250 Reset OK")
    dialogue.counters.uncounted.discard("rset")
    dialogue.chunks.active = dialogue.chunks.last = False
