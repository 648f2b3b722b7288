"""The ACLs that are asked about parts of a message: each DKIM signer, each MIME part. Spec: 45.4, 58.1."""

from __future__ import annotations

from eximconf.acl.conditions.mime_part import decode_part
from eximconf.acl.outcome import AclOutcome, Verdict
from eximconf.expand.dynamic import expand_string
from eximconf.message.mime import MimePart, parts_of
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.value import Tainted, ascii_lower
from eximconf.smtp.dialogue import Dialogue

_MOST_RFC822 = 128
_FOR_ONE_PART = (
    "mime_is_multipart", "mime_anomaly_level", "mime_anomaly_text", "mime_decoded_filename", "mime_content_size",
)  # fmt: skip


def ask_dkim(dialogue: Dialogue) -> AclOutcome | None:
    """Ask about each signer of ``dkim_verify_signers``; the outcome that is not an acceptance, if any."""
    acl = dialogue.options.acl_smtp_dkim
    scanners = dialogue.ctx.services.scanners
    if acl is None or scanners is None or "dkim_disable_verify" in dialogue.message.controls.settings:
        return None
    ctx = dialogue.ctx
    ctx.variables.update(scanners.ask(ctx, "dkim", "").variables)
    try:
        listed = expand_string(dialogue.options.settings.get("dkim_verify_signers", "$dkim_signers"), ctx)
    except Outcome as fault:
        dialogue.log.panic(f"expansion of dkim_verify_signers option failed: {fault.message}")
        return None
    seen: set[str] = set()
    for signer in split(listed)[0]:
        if not signer or ascii_lower(signer) in seen:
            continue
        seen.add(ascii_lower(signer))
        ctx.variables["dkim_cur_signer"] = Tainted(signer)
        outcome = dialogue.ask("dkim", acl)
        if outcome.verdict is not Verdict.ACCEPT:
            return outcome
    return None


def ask_mime(dialogue: Dialogue, batch: bool = False) -> AclOutcome | None:
    """Ask about each part of a MIME message, and of messages attached to it."""
    acl = dialogue.options.acl_not_smtp_mime if batch else dialogue.options.acl_smtp_mime
    message = dialogue.message
    if acl is None or not any(line[:13].lower() == "content-type:" for line in message.headers):
        return None
    phase = "not_smtp_mime" if batch else "mime"
    waiting = ["".join(message.headers) + "\n" + message.body]
    count = 0
    while waiting and count < _MOST_RFC822:
        for number, part in enumerate(parts_of(waiting.pop(0), dialogue.options.settings)):
            outcome = _ask_part(dialogue, acl, phase, part, number, attached=count > 0)
            if outcome.verdict is not Verdict.ACCEPT:
                return outcome
            if part.is_message:
                encoding = part.values.get("mime_content_transfer_encoding", "")
                waiting.append(decode_part(part.content, encoding).text)
        count += 1
    return None


def _ask_part(
    dialogue: Dialogue, acl: str, phase: str, part: MimePart, number: int, attached: bool
) -> AclOutcome:
    variables, message = dialogue.ctx.variables, dialogue.message
    variables |= part.variables()
    variables |= {"mime_part_count": str(number), "mime_is_rfc822": "1" if attached else "0"}
    message.mime_part = part.content
    try:
        return dialogue.ask(phase, acl)
    finally:
        message.mime_part = None
        message.mime_decoded = ""
        for name in (*part.values, *_FOR_ONE_PART):
            variables.pop(name, None)
