"""What expansions see of a conversation. Spec: 11.9 "Expansion variables".

Most of it is worked out when it is asked for; what others read as well is set where it changes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from eximconf.runtime.list_text import quote
from eximconf.runtime.value import Tainted
from eximconf.smtp.dialogue import Dialogue


def install(dialogue: Dialogue) -> None:
    """Let the context of *dialogue* have the variables of a conversation, and set those that are known now."""
    ctx, facts, variables = dialogue.ctx, dialogue.facts, dialogue.ctx.variables
    ctx.computed.update({name: partial(compute, dialogue) for name, compute in _COMPUTED.items()})
    if facts.client:
        variables["sender_host_address"] = facts.client
        variables["sender_host_port"] = str(facts.client_port)
    if facts.interface:
        variables["received_ip_address"] = facts.interface
        variables["received_port"] = str(facts.interface_port)
    variables["proxy_session"] = variables["message_smtputf8"] = variables["prdr_requested"] = "no"
    if facts.ident:
        variables["sender_ident"] = Tainted(facts.ident)
    if facts.process:
        variables.setdefault("pid", str(facts.process))
        variables["connection_id"] = str(facts.process)
    if facts.connections:
        variables["smtp_count_at_connection_start"] = str(facts.connections)
    for name, value in facts.given.items():
        variables[name] = value if name == "sender_host_authenticated" else Tainted(value)
    dialogue.connection.authenticator = facts.given.get("sender_host_authenticated", "")


def _fullhost(dialogue: Dialogue) -> str:
    texts = dialogue.log.texts()
    return Tainted(texts.full) if texts is not None else ""


def _rcvhost(dialogue: Dialogue) -> str:
    texts = dialogue.log.texts()
    return Tainted(texts.received) if texts is not None else ""


def _host_name(dialogue: Dialogue) -> str:
    """Looks the name up if that was not done."""
    dialogue.hosts.names.find_name()
    return Tainted(dialogue.connection.host_name or "")


def _helo_verified(dialogue: Dialogue) -> str:
    dialogue.hosts.names.verify_helo()
    return "yes" if dialogue.connection.helo_verified else "no"


def _recipients(dialogue: Dialogue) -> str:
    """Only where all of them are known: in the ACLs for DATA and for the message."""
    if not dialogue.shows_recipients:
        return ""
    return Tainted(", ".join(recipient.address for recipient in dialogue.message.recipients))


def _recipients_list(dialogue: Dialogue) -> str:
    if not dialogue.shows_recipients:
        return ""
    return Tainted(":".join(quote(recipient.address, ":") for recipient in dialogue.message.recipients))


_COMPUTED: dict[str, Callable[[Dialogue], str]] = {
    "rcpt_count": lambda dialogue: str(dialogue.transaction.rcpts),
    "rcpt_defer_count": lambda dialogue: str(dialogue.transaction.deferred),
    "rcpt_fail_count": lambda dialogue: str(dialogue.transaction.failed),
    "recipients": _recipients,
    "recipients_count": lambda dialogue: str(len(dialogue.message.recipients)),
    "recipients_list": _recipients_list,
    "sender_fullhost": _fullhost,
    "sender_helo_verified": _helo_verified,
    "sender_host_name": _host_name,
    "sender_rcvhost": _rcvhost,
    "smtp_active_hostname": lambda dialogue: dialogue.active_hostname,
    "smtp_command": lambda dialogue: Tainted(dialogue.line),
    "smtp_command_argument": lambda dialogue: Tainted(dialogue.argument),
    "smtp_command_history": lambda dialogue: ",".join(dialogue.history),
}
