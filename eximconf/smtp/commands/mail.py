"""MAIL FROM and its parameters. RFC 5321, 4.1.1.2; RFC 1870, 6152, 4954, 3461, 6531; spec: 52.3.6."""

from __future__ import annotations

from collections.abc import Callable

from eximconf.acl.outcome import Verdict
from eximconf.message.addresses import AddressFault, ParsedAddress
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.machine import strtoul
from eximconf.runtime.value import Tainted
from eximconf.smtp.addresses import parse, qualified_sender, rewritten
from eximconf.smtp.commands.mail_auth import take_auth
from eximconf.smtp.commands.parameters import Parameter, last_parameter
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.errors import out_of_step, protocol_error, syntax_error
from eximconf.smtp.limits import mails_per_connection, slow_down
from eximconf.smtp.protocol import put_protocol
from eximconf.smtp.refusals import refuse
from eximconf.smtp.resetting import reset
from eximconf.smtp.space import has_space

_INT_MAX = 0x7FFFFFFF
_ROOM = 5000
"""Octets that a message needs beside its own size."""

MORE, ENOUGH, REFUSED = True, False, None
"""What became of a parameter: there may be another one before it; it ends the parameters; the command was refused."""


def mail(dialogue: Dialogue) -> None:
    dialogue.history.append("MAIL")
    dialogue.counters.mails += 1
    dialogue.rejected_mail = True
    if not _is_allowed(dialogue):
        return
    reset(dialogue)
    if dialogue.connection.esmtp and not _take_parameters(dialogue):
        return
    counters, rate = dialogue.counters, dialogue.options.slow_mail
    counters.mail_delay = slow_down(dialogue, rate, counters.mails, counters.mail_delay)
    found = parse(dialogue, rewritten(dialogue, dialogue.data), allow_null=True)
    if isinstance(found, AddressFault):
        syntax_error(dialogue, "501", found.message, dialogue.data)
        return
    if _is_too_big(dialogue, found.address) or not _finds_room(dialogue):
        return
    sender = _qualified(dialogue, found)
    if sender is not None:
        _accept(dialogue, found.address, sender)


def _is_allowed(dialogue: Dialogue) -> bool:
    """Whether MAIL may come now; if not it was answered."""
    log, counters, hello = dialogue.log, dialogue.counters, dialogue.hello
    if not hello.seen:
        if hello.required or dialogue.hosts.hold("hosts_require_helo"):
            log.reject(f"rejected MAIL from {log.client(flagged=False)}: no HELO/EHLO given")
            if dialogue.options.since("4.98"):
                protocol_error(dialogue, "503", "HELO or EHLO required")
            else:
                dialogue.reply("503 HELO or EHLO required")
            return False
        if counters.mail_max < 0:
            counters.mail_max = mails_per_connection(dialogue)
    if dialogue.transaction.open:
        protocol_error(dialogue, "503", "sender already given")
        return False
    if not dialogue.data:
        protocol_error(dialogue, "501", "MAIL must have an address operand")
        return False
    if 0 < counters.mail_max < counters.mails:
        dialogue.reply("421 too many messages in this connection")
        log.reject(f"rejected MAIL command {log.client()}: too many messages in one connection")
        return False
    return True


def _take_parameters(dialogue: Dialogue) -> bool:
    """Take the parameters off `Dialogue.data`; False if one of them has the command refused."""
    while (parameter := last_parameter(dialogue.data)) is not None:
        take = _PARAMETERS.get(parameter.name)
        if take is None:
            dialogue.data = f"{parameter.before} {parameter.written}"
            return True
        dialogue.data = parameter.before
        if parameter.value == "":
            return True
        outcome = take(dialogue, parameter)
        if outcome is not MORE:
            return outcome is ENOUGH
    dialogue.data = dialogue.data.rstrip(SPACE)
    return True


def _size(dialogue: Dialogue, parameter: Parameter) -> bool | None:
    number, end = strtoul(parameter.value)
    if end != len(parameter.value):
        return ENOUGH
    size = min(number, _INT_MAX)
    dialogue.message.size = size
    dialogue.ctx.variables["message_size"] = str(size)
    return MORE


def _body(dialogue: Dialogue, parameter: Parameter) -> bool | None:
    if not dialogue.options.accept_8bitmime:
        return ENOUGH
    kind = parameter.value.upper()
    if kind not in ("8BITMIME", "7BIT"):
        syntax_error(dialogue, "501", "invalid data for BODY")
        return REFUSED
    dialogue.message.body_type = kind
    return MORE


def _ret(dialogue: Dialogue, parameter: Parameter) -> bool | None:
    if not dialogue.offered.dsn:
        return MORE
    kind = parameter.value.upper()
    if dialogue.message.return_part:
        syntax_error(dialogue, "501", "RET can be specified once only")
        return REFUSED
    if kind not in ("HDRS", "FULL"):
        syntax_error(dialogue, "501", "Value for RET is invalid")
        return REFUSED
    dialogue.message.return_part = kind
    return MORE


def _envid(dialogue: Dialogue, parameter: Parameter) -> bool | None:
    if not dialogue.offered.dsn:
        return MORE
    if dialogue.message.envelope_id:
        syntax_error(dialogue, "501", "ENVID can be specified once only")
        return REFUSED
    dialogue.message.envelope_id = parameter.value
    return MORE


def _prdr(dialogue: Dialogue, _parameter: Parameter) -> bool | None:
    if dialogue.options.prdr_enable:
        dialogue.message.prdr = True
        dialogue.ctx.variables["prdr_requested"] = "yes"
    return MORE


def _smtputf8(dialogue: Dialogue, _parameter: Parameter) -> bool | None:
    if not dialogue.offered.smtputf8:
        syntax_error(dialogue, "501", "SMTPUTF8 used when not advertised")
        return REFUSED
    dialogue.message.smtputf8 = True
    dialogue.ctx.variables["message_smtputf8"] = "yes"
    if not dialogue.protocol.startswith("utf8"):
        put_protocol(dialogue, f"utf8{dialogue.protocol}")
    return MORE


def _auth(dialogue: Dialogue, parameter: Parameter) -> bool | None:
    return MORE if parameter.value == "<>" or take_auth(dialogue, parameter) else REFUSED


_PARAMETERS: dict[str, Callable[[Dialogue, Parameter], bool | None]] = {
    "SIZE": _size, "BODY": _body, "AUTH": _auth, "PRDR": _prdr, "RET": _ret, "ENVID": _envid, "SMTPUTF8": _smtputf8,
}  # fmt: skip


def _is_too_big(dialogue: Dialogue, sender: str) -> bool:
    """Refuse a message that says it is larger than it may be."""
    limit, size, log = dialogue.size_limit, dialogue.message.size, dialogue.log
    if limit <= 0 or size <= limit:
        return False
    dialogue.reply("552 Message size exceeds maximum permitted")
    shown = f">={size}" if size == _INT_MAX else f"={size}"
    log.reject(
        f"rejected MAIL FROM:<{sender}> {log.client()}: message too big: size{shown} max={limit}",
        "size_reject",
    )
    return True


def _finds_room(dialogue: Dialogue) -> bool:
    size = dialogue.message.size
    if has_space(dialogue, size + _ROOM if dialogue.options.smtp_check_spool_space and size >= 0 else 0):
        return True
    dialogue.reply("452 Space shortage, please try later")
    return False


def _qualified(dialogue: Dialogue, found: ParsedAddress) -> str | None:
    """The sender with a domain; None if it has none and that was refused."""
    address = found.address
    if found.domain_at or not address:
        return address
    if dialogue.unqualified_sender:
        return qualified_sender(dialogue, address)
    log = dialogue.log
    dialogue.reply(f"501 {dialogue.data}: sender address must contain a domain")
    log.reject(
        f"unqualified sender rejected: <{address}> {log.client()}{dialogue.connection.host_lookup_message}",
        "smtp_syntax_error",
    )
    return None


def _accept(dialogue: Dialogue, raw: str, sender: str) -> None:
    """Ask the ACL about the sender, and answer."""
    message, transaction = dialogue.message, dialogue.transaction
    message.raw_sender, message.sender = raw, sender
    dialogue.ctx.variables["sender_address"] = Tainted(sender)
    user_message = ""
    if dialogue.options.acl_smtp_mail is not None:
        outcome = dialogue.ask("mail", dialogue.options.acl_smtp_mail)
        if outcome.verdict not in (Verdict.ACCEPT, Verdict.DISCARD):
            refuse(dialogue, "mail", outcome)
            dialogue.ctx.variables.pop("sender_address", None)
            return
        transaction.discards = outcome.verdict is Verdict.DISCARD
        user_message = outcome.user_message
        if not transaction.discards and not dialogue.offered.pipelining and dialogue.out_of_step:
            transaction.open = True
            out_of_step(dialogue)
            return
    transaction.open = True
    rate = dialogue.options.slow_rcpt
    transaction.rcpt_delay = rate.base if rate is not None else 0.0
    dialogue.rejected_mail = False
    dialogue.note_pipelining()
    requested = ", PRDR Requested" if message.prdr else ""
    if user_message:
        dialogue.respond_user("250", user_message + requested)
    else:
        dialogue.reply(f"250 OK{requested}")
