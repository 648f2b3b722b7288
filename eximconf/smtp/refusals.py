"""What happens when an ACL does not accept: reply, log line, and the end of the connection after ``drop``.

Spec: 44.9 "ACL verbs", 44.12 ``message log_message log_reject_target``.
"""

from __future__ import annotations

from eximconf.acl.outcome import AclOutcome, FailedSender, Verdict
from eximconf.catalog.model import PHASE_TITLES
from eximconf.smtp.answers import TEMPORARY, Code, coded
from eximconf.smtp.closing import end, log_closed, run_notquit
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.helo_name import forget_helo_name

_CODES = {"atrn": "450", "auth": "503", "etrn": "458", "vrfy": "252"}
_AFTER_DATA = {
    "mime": "during MIME ACL checks", "predata": "DATA", "data": "after DATA", "prdr": "after DATA PRDR",
}  # fmt: skip
_WITH_SENDER = frozenset(("rcpt", "data", "mime"))
_LONGEST_ARGUMENT = 100
_NO_POSTMASTER = (
    "Postmaster verification failed while checking <{address}>\n{reason}\n"
    "Several RFCs state that you are required to have a postmaster\n"
    "mailbox for each mail domain. This host does not accept mail\n"
    "from domains whose servers reject the postmaster address."
)
_NO_NULL_SENDER = (
    "Callback setup failed while verifying <{address}>\n{reason}\n"
    "The initial connection, or a HELO or MAIL FROM:<> command was\n"
    "rejected. Refusing MAIL FROM:<> does not help fight spam, disregards\n"
    "RFC requirements, and stops you from receiving standard bounce\n"
    "messages. This host does not accept mail from domains whose servers\n"
    "refuse bounces."
)
_NOT_VERIFIED = "Verification failed for <{address}>\n{reason}"
_FAILED_CHECKS = {"postmaster": _NO_POSTMASTER, "null sender": _NO_NULL_SENDER}


def refuse(dialogue: Dialogue, phase: str, outcome: AclOutcome) -> None:
    """Answer and log that the ACL of *phase* ended with *outcome*, which is neither `ACCEPT` nor `DISCARD`."""
    permanent = outcome.verdict in (Verdict.DENY, Verdict.DROP)
    default = _CODES.get(phase, "550") if permanent else "451"
    found = coded(default, outcome.user_message, check=phase != "vrfy")
    log_message = outcome.log_message
    if found.wrong:
        dialogue.log_wrong_code(default, outcome.user_message)
        if log_message == outcome.user_message:
            log_message = f"{default} {found.text}"
    failed = outcome.failed_sender
    if failed is not None and not failed.told:
        _tell_failed_sender(dialogue, failed, found.code, permanent)
    if permanent:
        dialogue.respond(found.code, found.text or "Administrative prohibition")
    else:
        _defer(dialogue, found.code, found.text, outcome)
    _log(dialogue, phase, outcome, permanent, log_message)
    drops = outcome.verdict is Verdict.DROP
    if drops:
        log_closed(dialogue, "by DROP in ACL", timed=dialogue.options.since("4.97"))
        run_notquit(dialogue, "acl-drop")
    if phase == "helo":
        forget_helo_name(dialogue)
    if drops and phase != "connect":  # which ends anyway
        end(dialogue, "acl-drop")


def _defer(dialogue: Dialogue, code: Code, message: str, outcome: AclOutcome) -> None:
    """A temporary refusal tells no more than the ACL allows."""
    if not (outcome.details and message):
        dialogue.respond(code, TEMPORARY)
        return
    failed = outcome.failed_sender
    if dialogue.options.smtp_return_error_details and failed is not None and failed.message:
        dialogue.respond(code, failed.message, final=False)
    dialogue.respond(code, message)


def _tell_failed_sender(dialogue: Dialogue, failed: FailedSender, code: Code, permanent: bool) -> None:
    """The first refusal after the sender was verified in vain says so, in the log and, if it is permanent, in lines
    before those of the ACL."""
    failed.told = True
    if not permanent or dialogue.log.shows("sender_verify_fail"):
        word = "defer" if failed.deferred else "fail"
        reason = "" if failed.message is None else f": {failed.message}"
        dialogue.log.reject(f"{dialogue.log.client()} sender verify {word} for <{failed.address}>{reason}")
    if permanent and failed.user_message is not None:
        form = _FAILED_CHECKS.get(failed.check, _NOT_VERIFIED)
        in_rcpt, dialogue.in_rcpt = dialogue.in_rcpt, False
        dialogue.respond(code, form.format(address=failed.address, reason=failed.user_message), final=False)
        dialogue.in_rcpt = in_rcpt


def _log(
    dialogue: Dialogue, phase: str, outcome: AclOutcome, permanent: bool, log_message: str | None
) -> None:
    if not outcome.log_reject_target:
        return
    log = dialogue.log
    names = tuple(name for name in ("main", "reject", "panic") if name in outcome.log_reject_target)
    reason = "" if log_message is None else f": {log_message}".partition("\n")[0]
    temporarily = "" if permanent else "temporarily "
    sender = sender_info(dialogue) if phase in _WITH_SENDER else ""
    log.write(
        names,
        f"{secured(dialogue)}{log.client()}{log.tls()}{sender}{policy_results(dialogue)} "
        f"{temporarily}rejected {_what(dialogue, phase)}{reason}",
        "connection_reject" if phase == "connect" else "",
    )


def _what(dialogue: Dialogue, phase: str) -> str:
    """The command, or the moment, as the log line names it."""
    if phase in _AFTER_DATA:
        return _AFTER_DATA[phase]
    if phase == "connect":
        return 'connection in "connect" ACL'
    data = dialogue.data
    if phase == "auth":  # the credentials are not logged
        data = data.split(None, 1)[0] if data.strip() else ""
    return f"{PHASE_TITLES[phase]} {data[:_LONGEST_ARGUMENT]}"


def sender_info(dialogue: Dialogue) -> str:
    """`` F=<sender> A=authenticator:id``."""
    variables = dialogue.ctx.variables
    authenticated = variables.get("sender_host_authenticated")
    text = f" F=<{dialogue.message.unrewritten_sender or dialogue.message.sender}>"
    if authenticated:
        identity = variables.get("authenticated_id")
        text += f" A={authenticated}" + (f":{identity}" if identity else "")
    return text


def secured(dialogue: Dialogue) -> str:
    """`` DS`` if DNSSEC secured the client's name and that is to be logged."""
    is_secure = dialogue.ctx.variables.get("sender_host_dnssec") == "yes"
    return " DS" if is_secure and dialogue.log.shows("dnssec") else ""


def policy_results(dialogue: Dialogue) -> str:
    """What SPF and DMARC found, as far as it is to be logged."""
    return spf_result(dialogue) + dmarc_result(dialogue)


def spf_result(dialogue: Dialogue) -> str:
    """`` SPF`` or `` SPF=result``."""
    return _result(dialogue, "spf", "pass", "spf_result")


def dmarc_result(dialogue: Dialogue) -> str:
    """`` DMARC`` or `` DMARC=result``."""
    return _result(dialogue, "dmarc", "accept", "dmarc_status")


def _result(dialogue: Dialogue, selector: str, good: str, variable: str) -> str:
    result = dialogue.ctx.variables.get(variable, "")
    if dialogue.log.shows(f"{selector}_verbose"):
        return f" {selector.upper()}={result}" if result else ""
    return f" {selector.upper()}" if result == good and dialogue.log.shows(selector) else ""
