"""RCPT TO and its parameters. RFC 5321, 4.1.1.3; RFC 3461; spec: 52.3.6, 44.2.7 "The RCPT ACL"."""

from __future__ import annotations

from eximconf.acl.outcome import AclOutcome, Verdict
from eximconf.message.addresses import AddressFault
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.session import Recipient
from eximconf.smtp.addresses import parse, parts, recipient_address, rewritten
from eximconf.smtp.closing import let_callout_go
from eximconf.smtp.commands.parameters import Parameter, last_parameter
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.errors import out_of_step, protocol_error, syntax_error
from eximconf.smtp.facts import Manner
from eximconf.smtp.limits import slow_down
from eximconf.smtp.refusals import refuse

_NOTIFY = frozenset(("SUCCESS", "FAILURE", "DELAY"))


def rcpt(dialogue: Dialogue) -> None:
    dialogue.history.append("RCPT")
    transaction = dialogue.transaction
    transaction.rcpts += 1
    dialogue.is_rcpt = dialogue.in_rcpt = True
    if not transaction.open:
        _refuse_without_mail(dialogue)
        return
    recipient = _recipient(dialogue)
    if recipient is None:
        transaction.failed += 1
        return
    if 0 < dialogue.recipients_max < transaction.rcpts:
        _refuse_excess(dialogue)
        return
    rate = dialogue.options.slow_rcpt
    transaction.rcpt_delay = slow_down(dialogue, rate, transaction.rcpts, transaction.rcpt_delay)
    if transaction.discards:
        outcome = AclOutcome(Verdict.DISCARD)
    else:
        dialogue.connection.recipient = recipient
        outcome = dialogue.ask("rcpt", dialogue.options.acl_smtp_rcpt, recipient)
        if dialogue.facts.manner is Manner.TESTED:
            let_callout_go(dialogue)
        if outcome.verdict is Verdict.ACCEPT and not dialogue.offered.pipelining and dialogue.out_of_step:
            out_of_step(dialogue)
            return
    _answer(dialogue, recipient, outcome)


def _refuse_without_mail(dialogue: Dialogue) -> None:
    """A client that may send ahead is not blamed for recipients behind a sender that was refused."""
    if dialogue.offered.pipelining and dialogue.after_rejected_mail:
        dialogue.reply("503 sender not yet given")
        dialogue.rejected_mail = True
    else:
        protocol_error(dialogue, "503", "sender not yet given")
        dialogue.is_rcpt = False
    dialogue.transaction.failed += 1


def _recipient(dialogue: Dialogue) -> Recipient | None:
    """The recipient that the command names; None if it is wrong, which was answered."""
    if not dialogue.data:
        syntax_error(dialogue, "501", "RCPT must have an address operand")
        return None
    taken = _Parameters()
    if dialogue.connection.esmtp and not _take_parameters(dialogue, taken):
        return None
    found = parse(dialogue, rewritten(dialogue, dialogue.data))
    if isinstance(found, AddressFault):
        syntax_error(dialogue, "501", found.message, dialogue.data)
        return None
    address = recipient_address(dialogue, found, "recipient")
    if address is None:
        return None
    local_part, domain = parts(address)
    return Recipient(address, local_part, domain, taken.notify, taken.original or "")


class _Parameters:
    """What the parameters say: NOTIFY and ORCPT."""

    __slots__ = ("notify", "original")

    def __init__(self) -> None:
        self.notify: tuple[str, ...] = ()
        self.original: str | None = None


def _take_parameters(dialogue: Dialogue, taken: _Parameters) -> bool:
    """Take the parameters off `Dialogue.data`; False if one of them has the command refused."""
    while (parameter := last_parameter(dialogue.data)) is not None:
        if not dialogue.offered.dsn or parameter.name not in ("ORCPT", "NOTIFY"):
            joint = " " if "=" in parameter.written else "="  # as Exim shows it
            dialogue.data = f"{parameter.before}{joint}{parameter.written}"
            return True
        dialogue.data = parameter.before
        fault = _orcpt(parameter, taken) if parameter.name == "ORCPT" else _notify(parameter, taken)
        if fault:
            syntax_error(dialogue, "501", fault)
            return False
    dialogue.data = dialogue.data.rstrip(SPACE)
    return True


def _orcpt(parameter: Parameter, taken: _Parameters) -> str:
    if taken.original is not None:
        return "ORCPT can be specified once only"
    taken.original = parameter.value
    return ""


def _notify(parameter: Parameter, taken: _Parameters) -> str:
    if taken.notify:
        return "NOTIFY can be specified once only"
    words = parameter.value.upper()
    if words == "NEVER":
        taken.notify = ("NEVER",)
        return ""
    listed = words.removesuffix(",").split(",") if words else []
    if not _NOTIFY.issuperset(listed):
        return "Invalid value for NOTIFY parameter"
    taken.notify = tuple(word for word in ("SUCCESS", "FAILURE", "DELAY") if word in listed)
    return ""


def _refuse_excess(dialogue: Dialogue) -> None:
    """One recipient more than there may be."""
    transaction, log = dialogue.transaction, dialogue.log
    who = f"sender=<{dialogue.message.sender}> {log.client()}"
    if dialogue.options.recipients_max_reject:
        transaction.failed += 1
        dialogue.reply("552 too many recipients")
        what = "message rejected"
    else:
        transaction.deferred += 1
        dialogue.reply("452 too many recipients")
        what = "excess temporarily rejected"
    if not transaction.too_many:
        log.reject(f"too many recipients: {what}: {who}")
    transaction.too_many = True


def _answer(dialogue: Dialogue, recipient: Recipient, outcome: AclOutcome) -> None:
    transaction = dialogue.transaction
    if outcome.verdict in (Verdict.ACCEPT, Verdict.DISCARD):
        dialogue.note_pipelining()
        if outcome.user_message:
            dialogue.respond_user("250", outcome.user_message)
        else:
            dialogue.reply("250 Accepted")
        if outcome.verdict is Verdict.ACCEPT:
            dialogue.message.recipients.append(recipient)
        else:
            _discard(dialogue, outcome)
        return
    if outcome.verdict is Verdict.DENY:
        transaction.failed += 1
    else:
        transaction.deferred += 1
    refuse(dialogue, "rcpt", outcome)


def _discard(dialogue: Dialogue, outcome: AclOutcome) -> None:
    transaction, message = dialogue.transaction, dialogue.message
    transaction.failed += 1
    transaction.discarded = True
    reason = "" if outcome.log_message is None else f": {outcome.log_message}"
    dialogue.log.reject(
        f"{dialogue.log.client()} F=<{message.unrewritten_sender or message.sender}> RCPT {dialogue.argument}: "
        f"discarded by {'MAIL' if transaction.discards else 'RCPT'} ACL{reason}"
    )
