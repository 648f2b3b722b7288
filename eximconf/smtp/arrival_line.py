"""The line that tells of the arrival of a message: ``<=``. Spec: 53.9 "Logging message reception"."""

from __future__ import annotations

from eximconf.expand.dynamic import expand_string
from eximconf.mailauth.memory import findings_of
from eximconf.message.addresses import AddressFault, AddressSyntax, parse_address
from eximconf.runtime.outcome import Outcome
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.incoming import Incoming
from eximconf.smtp.refusals import dmarc_result, secured, spf_result

_BODY_TYPES = {"8BITMIME": "8", "7BIT": "7"}
_ANY_DOMAIN = AddressSyntax(domain_literals=True)
_SUBJECT_MAX = 100


def arrival_line(incoming: Incoming) -> str:
    """The text of the line, without time and id."""
    dialogue, message = incoming.dialogue, incoming.message
    log, variables = dialogue.log, dialogue.ctx.variables
    reference = variables.get("message_reference")
    parts = [
        "(= " if message.controls.fakereject is not None else "<= ", message.sender or "<>",
        f" R={reference}" if reference else "", host_info(dialogue), log.tls(), _authentication(dialogue),
        " PRDR" if incoming.prdr else "",
        f" PRX={variables.get('proxy_local_address', '')}" if dialogue.proxied and log.shows("proxy") else "",
        " K" if dialogue.chunks.active else "", f" S={_size(incoming)}",
        f" M8S={_BODY_TYPES.get(message.body_type, '0')}" if log.shows("8bitmime") else "",
        _signers(dialogue), dmarc_result(dialogue),
        f" RT={log.time_since(incoming.started)}" if log.shows("receive_time") else "",
        f" Q={message.controls.queue}" if message.controls.queue else "",
        _message_id(incoming), _subject(incoming),
        f" from <{message.raw_sender}>" if log.shows("received_sender") else "",
    ]  # fmt: skip
    return "".join(parts)


def _signers(dialogue: Dialogue) -> str:
    """`` DKIM=domain`` of a good signature, where signatures were verified, and `` ARC`` for a good chain."""
    if not dialogue.log.shows("dkim"):
        return ""
    chain = " ARC" if dialogue.ctx.variables.get("arc_state") == "pass" else ""
    kept = findings_of(dialogue.ctx).kept
    if not kept:
        return chain
    from eximconf.mailauth.dkim.answer import Verification

    verification = kept.get(Verification)
    good = verification.named_signer if isinstance(verification, Verification) else ""
    return (f" DKIM={good}" if good else "") + chain


def host_info(dialogue: Dialogue) -> str:
    """Where the message comes from: ``H= I= U= Ci= P= L``, each with a space before it."""
    log, texts = dialogue.log, dialogue.log.texts()
    text = "" if texts is None else f"{secured(dialogue)} H={texts.full}{log.interface()}"
    text += f" U={log.ident}" if log.ident else ""
    text += f"{log.connection_id()} P={dialogue.protocol}"
    if log.shows("pipelining") and dialogue.offered.pipelining:
        pipelining = dialogue.pipelining
        text += " L" + ("*" if pipelining.early_used else "." if pipelining.early_offered else "")
        text += "" if pipelining.used else "-"
    return text + spf_result(dialogue)


def _authentication(dialogue: Dialogue) -> str:
    variables = dialogue.ctx.variables
    authenticated, identity = variables.get("sender_host_authenticated"), variables.get("authenticated_id")
    if not authenticated:
        return ""
    text = f" A={authenticated}"
    if identity:
        text += f":{identity}"
        sender = dialogue.message.authenticated_sender
        if sender and dialogue.log.shows("smtp_mailauth"):
            text += f":{sender}"
    return text


def _size(incoming: Incoming) -> int:
    """The octets of header and body, and of the empty line between them."""
    return sum(len(line.text) for line in incoming.lines if line.stays) + len(incoming.message.body) + 1


def _message_id(incoming: Incoming) -> str:
    """``id=``, or ``id*=`` for one that was added here."""
    log, line = incoming.dialogue.log, incoming.message_id
    if line is None or not log.shows("msg_id") or (incoming.created_id and not log.shows("msg_id_created")):
        return ""
    found = parse_address(line.text.partition(":")[2], _ANY_DOMAIN)
    if isinstance(found, AddressFault):
        return ""
    return f" id{'*' if incoming.created_id else ''}={log.printing(found.address)}"


def _subject(incoming: Incoming) -> str:
    """``T="…"``, decoded."""
    dialogue = incoming.dialogue
    if not dialogue.log.shows("subject") or dialogue.ctx.headers is None:
        return ""
    if dialogue.ctx.headers.fetch("subject", "rh") is None:
        return ""
    try:
        text = expand_string("$h_subject:", dialogue.ctx)[:_SUBJECT_MAX]
    except Outcome:
        return ""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f' T="{dialogue.log.printing(quoted)}"'
