"""The extensions that an EHLO reply offers. Spec: 52.3.5; RFC 1869."""

from __future__ import annotations

from eximconf.expand.dynamic import expand_string
from eximconf.runtime.outcome import Outcome
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.mechanisms import condition_holds, is_server, public_name

_XCLIENT = "XCLIENT ADDR NAME PORT LOGIN DESTADDR DESTPORT"


def features(dialogue: Dialogue) -> list[str]:
    """The lines of the reply between greeting and HELP, in Exim's order; notes in *dialogue* what was offered."""
    options, hosts, offered = dialogue.options, dialogue.hosts, dialogue.offered
    lines = [f"SIZE {dialogue.size_limit}" if dialogue.size_limit > 0 else "SIZE"]
    lines += _limits(dialogue)
    if options.accept_8bitmime:
        lines.append("8BITMIME")
    if hosts.hold("dsn_advertise_hosts", undecided=True):
        offered.dsn = True
        lines.append("DSN")
    lines += _queue_commands(dialogue)
    lines += _pipelining(dialogue)
    lines += _authentication(dialogue)
    if hosts.hold("chunking_advertise_hosts", undecided=True):
        dialogue.chunks.offered = True
        lines.append("CHUNKING")
    if not dialogue.tls_active and hosts.hold("tls_advertise_hosts", undecided=True):
        offered.tls = True
        lines.append("STARTTLS")
    unknown = options.unknown_commands
    if "xclient" not in unknown and (dialogue.proxied or hosts.hold("hosts_xclient", undecided=True)):
        dialogue.xclient_offered = True
        lines.append(_XCLIENT)
    if options.prdr_enable:
        lines.append("PRDR")
    if options.accept_8bitmime and hosts.hold("smtputf8_advertise_hosts", undecided=True):
        offered.smtputf8 = True
        lines.append("SMTPUTF8")
    if "wellknown" not in unknown and hosts.hold("wellknown_advertise_hosts", undecided=True):
        lines.append("WELLKNOWN")
    return lines


def _limits(dialogue: Dialogue) -> list[str]:
    """LIMITS (RFC 9422); 4.95 and 4.96 had it, but did not build it."""
    if not dialogue.options.since("4.97"):
        return []
    mails, recipients = dialogue.counters.mail_max, dialogue.recipients_max
    if (mails <= 0 and recipients <= 0) or not dialogue.hosts.hold("limits_advertise_hosts"):
        return []
    text = f" MAILMAX={mails}" if mails > 0 else ""
    text += f" RCPTMAX={recipients}" if recipients > 0 else ""
    return [f"LIMITS{text}"]


def _queue_commands(dialogue: Dialogue) -> list[str]:
    """The commands that are there for whom an ACL permits them."""
    options = dialogue.options
    lines = (
        ["ATRN"] if options.acl_smtp_atrn is not None and _expanded(dialogue, options.acl_smtp_atrn) else []
    )
    for name, acl in (
        ("ETRN", options.acl_smtp_etrn),
        ("VRFY", options.acl_smtp_vrfy),
        ("EXPN", options.acl_smtp_expn),
    ):
        if acl is not None:
            lines.append(name)
    return lines


def _expanded(dialogue: Dialogue, text: str) -> str:
    try:
        return expand_string(text, dialogue.ctx)
    except Outcome:
        return ""


def _pipelining(dialogue: Dialogue) -> list[str]:
    if "no_pipelining" in dialogue.connection.switches or not dialogue.hosts.hold(
        "pipelining_advertise_hosts"
    ):
        return []
    dialogue.offered.pipelining = dialogue.pipelining.allowed = True
    if not dialogue.pipelining.early:
        return ["PIPELINING"]
    dialogue.pipelining.early_offered = True
    return ["PIPELINING", "PIPECONNECT" if dialogue.options.since("4.96") else "X_PIPE_CONNECT"]


def _authentication(dialogue: Dialogue) -> list[str]:
    """AUTH with the mechanisms that this client may use now."""
    blocks = dialogue.options.authenticators
    if not blocks or dialogue.ctx.variables.get("sender_host_authenticated"):
        return []
    if not dialogue.hosts.hold("auth_advertise_hosts"):
        return []
    found = [
        block for block in blocks
        if is_server(block) and condition_holds(dialogue, block, "server_advertise_condition")
    ]  # fmt: skip
    if not found:
        return []
    dialogue.offered.auth = True
    dialogue.offered.mechanisms = frozenset(block.name for block in found)
    return ["AUTH " + " ".join(public_name(block).upper() for block in found)]
