"""A reply for each recipient behind the data. Spec: 44.2.12 "The SMTP PRDR ACL"; experimental-spec "PRDR"."""

from __future__ import annotations

from eximconf.acl.outcome import AclOutcome, Verdict
from eximconf.runtime.session import Recipient
from eximconf.smtp.dialogue import Dialogue

_WORDS = {"250": "acceptance", "450": "temporary refusal", "550": "refusal"}


def ask_prdr(dialogue: Dialogue) -> str:
    """Ask the ACL about each recipient and answer; those that are not accepted are taken out. The reply that stands
    if nothing else refuses the message."""
    message, acl = dialogue.message, dialogue.options.acl_smtp_data_prdr
    dialogue.reply("353 PRDR content analysis beginning")
    verdicts = []
    for recipient in list(message.recipients):
        dialogue.connection.recipient = recipient
        outcome = dialogue.ask("prdr", acl, recipient)
        verdicts.append(outcome.verdict)
        _answer(dialogue, recipient, outcome)
        if outcome.verdict is not Verdict.ACCEPT:
            message.recipients.remove(recipient)
    if all(verdict not in (Verdict.ACCEPT, Verdict.DEFER) for verdict in verdicts):
        return f"550 id={message.id} message rejected for all recipients"
    some = "" if all(verdict is Verdict.ACCEPT for verdict in verdicts) else " for some recipients"
    return f"250 id={message.id} message accepted{some}"


def _answer(dialogue: Dialogue, recipient: Recipient, outcome: AclOutcome) -> None:
    match outcome.verdict:
        case Verdict.ACCEPT | Verdict.DISCARD:
            code = "250"
        case Verdict.DEFER:
            code = "450"
        case _:
            code = "550"
    text = outcome.user_message or f"PRDR R=<{recipient.address}> {_WORDS[code]}"
    dialogue.respond_user(code, text)
    if outcome.log_message is not None:
        dialogue.log.main(f"PRDR {recipient.address} {outcome.log_message}")
    elif outcome.user_message:
        dialogue.log.main(f"PRDR {recipient.address} {outcome.user_message}")
    else:
        dialogue.log.main(text)
