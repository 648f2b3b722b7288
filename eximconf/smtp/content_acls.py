"""The ACLs that are asked about parts of a message: each DKIM signer, each MIME part. Spec: 45.4, 58.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eximconf.acl.conditions.mime_part import decode_part
from eximconf.acl.outcome import AclOutcome, Verdict
from eximconf.expand.dynamic import expand_string
from eximconf.mailauth.memory import findings_of
from eximconf.mailauth.scanning import scan
from eximconf.message.mime import MimePart, parts_of
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.settings import is_on
from eximconf.runtime.value import Tainted
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.events import DmarcReported
from eximconf.smtp.space import spool_directory

if TYPE_CHECKING:
    from eximconf.mailauth.dkim.answer import Verification

_MOST_RFC822 = 128
_FOR_ALL_SIGNERS = ("dkim_signers", "dkim_cur_signer", "dkim_verify_signers")
_LEFT_BEHIND = ("dkim_domain", "dkim_selector", "dkim_key_length")
"""What a signer without a signature still sees of the one before."""
_FOR_ONE_PART = (
    "mime_is_multipart", "mime_anomaly_level", "mime_anomaly_text", "mime_decoded_filename", "mime_content_size",
)  # fmt: skip


def ask_dkim(dialogue: Dialogue) -> AclOutcome | None:
    """Ask about each signer of ``dkim_verify_signers``; the outcome that is not an acceptance, if any.

    Without the ACL, Exim verifies signatures all the same; here that is done where a log line or DMARC may need
    it, so that a session need not have the keys of others recorded.
    """
    if "dkim_disable_verify" in dialogue.message.controls.settings:
        return None
    acl = dialogue.options.acl_smtp_dkim
    if acl is None:
        if dialogue.log.shows("dkim_verbose"):
            _log_all(dialogue)
        elif dialogue.options.settings.get("dmarc_tld_file"):
            _ask_scanner(dialogue)
        return None
    verification = _ask_scanner(dialogue)
    if dialogue.options.settings.get("dkim_verify_signers", "$dkim_signers") == "":
        _log_all(dialogue)
        return None
    return _ask_signers(dialogue, acl, verification)


def _ask_scanner(dialogue: Dialogue) -> Verification | None:
    """Have the signatures verified, and set ``$dkim_signers``; None if the answer is a recorded one."""
    from eximconf.mailauth.dkim.answer import Verification

    ctx, scanners = dialogue.ctx, dialogue.ctx.services.scanners
    answer = scan(ctx, "dkim", expand_string) if scanners is None else scanners.ask(ctx, "dkim", "")
    if answer is not None:
        ctx.variables.update(answer.variables)
    found = findings_of(ctx).kept.get(Verification)
    if not isinstance(found, Verification):
        return None
    if found.problem:
        _log_problem(dialogue, found.problem)
    return found


def _log_problem(dialogue: Dialogue, problem: str) -> None:
    """Log why nothing is verified: first as it was seen, when the message had no id yet."""
    log = dialogue.log
    identity, log.message_id = log.message_id, ""
    log.main(f"DKIM: validation error: {problem}")
    log.message_id = identity
    log.main(f"DKIM: Error during validation, disabling signature verification: {problem}")


def _log_all(dialogue: Dialogue) -> None:
    verification = _ask_scanner(dialogue)
    if verification is not None:
        for number in range(len(verification.verified)):
            _log(dialogue, verification, number)


def _ask_signers(dialogue: Dialogue, acl: str, verification: Verification | None) -> AclOutcome | None:
    ctx = dialogue.ctx
    try:
        listed = expand_string(dialogue.options.settings.get("dkim_verify_signers", "$dkim_signers"), ctx)
    except Outcome as fault:
        dialogue.log.panic(f"expansion of dkim_verify_signers option failed: {fault.message}")
        return None
    ctx.variables["dkim_verify_signers"] = listed
    if verification is not None and verification.problem:
        return None
    results: list[str] = []
    refused = None
    minimal = is_on(dialogue.options.settings, "dkim_verify_minimal")
    for signer in dict.fromkeys(split(listed)[0]):
        if not signer:
            continue
        ctx.variables["dkim_cur_signer"] = Tainted(signer)
        numbers = [None] if verification is None else verification.numbers_of(signer) or [None]
        for number in numbers:
            refused = _ask_about(dialogue, acl, verification, number, results)
            if refused is not None or (minimal and results[-1] == "pass"):
                break
        if refused is not None or (minimal and results[-1] == "pass"):
            break
    if verification is not None:
        ctx.variables["dkim_verify_status"] = ":".join(results)
    return refused


def _ask_about(
    dialogue: Dialogue, acl: str, verification: Verification | None, number: int | None, results: list[str]
) -> AclOutcome | None:
    """Ask about the signer at hand and his signature *number*; the result goes to *results*."""
    variables = dialogue.ctx.variables
    if verification is not None:
        kept = _FOR_ALL_SIGNERS if number is not None else _FOR_ALL_SIGNERS + _LEFT_BEHIND
        for name in [name for name in variables if name.startswith("dkim_") and name not in kept]:
            del variables[name]
        variables.update(verification.variables(number))
    outcome = dialogue.ask("dkim", acl)
    if verification is not None and number is not None:
        status, reason = variables.get("dkim_verify_status", ""), variables.get("dkim_verify_reason", "")
        verification.override(number, status, reason)
        verification.note(number)
        _log(dialogue, verification, number)
    results.append(variables.get("dkim_verify_status", "none"))
    return None if outcome.verdict is Verdict.ACCEPT else outcome


def _log(dialogue: Dialogue, verification: Verification, number: int) -> None:
    """Log what came of a signature."""
    if dialogue.log.shows("dkim_verbose"):
        dialogue.log.main(verification.log_line(dialogue.ctx, number))


def tell_reports(dialogue: Dialogue) -> None:
    """Tell what DMARC would write down about the message at hand, if it was asked and has something to say."""
    kept = findings_of(dialogue.ctx).kept
    if not kept:
        return
    from eximconf.mailauth.dmarc.answer import Reports

    found = kept.pop(Reports, None)
    if isinstance(found, Reports) and (found.history or found.forensic):
        reports = tuple((one.sender, one.recipient, one.text) for one in found.forensic)
        dialogue.events.append(DmarcReported(found.history_file, found.history, reports))


def ask_mime(dialogue: Dialogue, batch: bool = False) -> AclOutcome | None:
    """Ask about each part of a MIME message, and of messages attached to it."""
    acl = dialogue.options.acl_not_smtp_mime if batch else dialogue.options.acl_smtp_mime
    message = dialogue.message
    if acl is None or not any(line[:13].lower() == "content-type:" for line in message.headers):
        return None
    phase = "not_smtp_mime" if batch else "mime"
    dialogue.transaction.spooled = True
    waiting = ["".join(message.headers) + "\n" + message.body]
    count = 0
    while waiting and count < _MOST_RFC822:
        for number, part in enumerate(parts_of(waiting.pop(0), dialogue.options.settings)):
            outcome = _ask_part(dialogue, acl, phase, part, number, attached=count > 0)
            if outcome.verdict is not Verdict.ACCEPT:
                return outcome
            if not part.is_message:
                continue
            if dialogue.options.since("4.99"):  # which only takes them out into files
                message.mime_files += 1
            else:
                encoding = part.values.get("mime_content_transfer_encoding", "")
                waiting.append(decode_part(part.content, encoding).text)
        count += 1
    return None


def unspool(dialogue: Dialogue) -> None:
    """Where the MIME ACL was asked, Exim has a copy of the message that it removes now, which a trace tells."""
    if dialogue.transaction.spooled and dialogue.ctx.trace is not None:
        identity = dialogue.message.id
        names = [f"{identity}-{number:05d}" for number in range(dialogue.message.mime_files)]
        for name in [*names, f"{identity}.eml"]:
            path = f"{spool_directory(dialogue)}/scan/{identity}/{name}"
            dialogue.ctx.trace.flat(f"unspool_mbox(): unlinking '{path}'")
    dialogue.transaction.spooled = False


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
