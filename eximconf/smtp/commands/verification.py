"""VRFY and EXPN. RFC 5321, 3.5; spec: 44.2.20 "The VRFY and EXPN ACLs"."""

from __future__ import annotations

from eximconf.acl.outcome import Verdict
from eximconf.message.addresses import AddressFault
from eximconf.runtime.acl_answers import Verified, VerifyRequest
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.session import Recipient
from eximconf.smtp.addresses import parse, parts, recipient_address
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.refusals import refuse


def vrfy(dialogue: Dialogue) -> None:
    dialogue.history.append("VRFY")
    found = parse(dialogue, dialogue.data)
    if isinstance(found, AddressFault):
        dialogue.reply(f"501 {found.message}")
        return
    address = recipient_address(dialogue, found, "verify")
    if address is None:
        return
    local_part, domain = parts(address)
    recipient = Recipient(address, local_part, domain)
    dialogue.connection.recipient = recipient
    outcome = dialogue.ask("vrfy", dialogue.options.acl_smtp_vrfy, recipient)
    if outcome.verdict is not Verdict.ACCEPT:
        refuse(dialogue, "vrfy", outcome)
        return
    _verify(dialogue, address)


def _verify(dialogue: Dialogue, address: str) -> None:
    """Say whether mail for *address* could be delivered."""
    verifier = dialogue.ctx.services.verifier
    if verifier is None:
        dialogue.reply(f"451 Cannot resolve <{address}> at this time")
        return
    answer = verifier.verify(dialogue.ctx, VerifyRequest(address, recipient=True, envelope=False))
    match answer.result:
        case Verified.OK:
            dialogue.reply(f"250 <{address}> is deliverable")
        case Verified.DEFER if answer.user_message:
            dialogue.reply(f"451 <{address}> {answer.user_message}")
        case Verified.DEFER:
            dialogue.reply(f"451 Cannot resolve <{address}> at this time")
        case Verified.FAIL:
            dialogue.log.main(f"VRFY failed for {dialogue.argument} {dialogue.log.client()}")
            dialogue.reply(f"550 <{address}> {answer.user_message or 'is not deliverable'}")


def expn(dialogue: Dialogue) -> None:
    dialogue.history.append("EXPN")
    outcome = dialogue.ask("expn", dialogue.options.acl_smtp_expn)
    if outcome.verdict is not Verdict.ACCEPT:
        refuse(dialogue, "expn", outcome)
        return
    expander = dialogue.ctx.services.expander
    if expander is None:
        dialogue.reply("451 addresses cannot be looked into here")
        return
    try:
        *lines, last = expander.members(dialogue.ctx, dialogue.data)
    except Outcome as refusal:
        dialogue.reply(f"553 {refusal.message}")
        return
    dialogue.reply("".join(f"250-{line}\r\n" for line in lines) + f"250 {last}")
