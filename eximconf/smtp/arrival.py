"""A message has come: what is checked, which ACLs are asked, and how it ends. Spec: 48, 44.2.11 to 44.2.14, 53.9."""

from __future__ import annotations

from eximconf.acl.outcome import AclOutcome, Verdict
from eximconf.lookup.searches import Searches
from eximconf.message.body import visible_body
from eximconf.message.header_kinds import HeaderLine
from eximconf.message.headers import HeaderLines
from eximconf.message.reception import Fault, Limits, lost_in, receive
from eximconf.runtime.calendar import now
from eximconf.runtime.value import Tainted
from eximconf.smtp.acceptance import accept
from eximconf.smtp.batch_failure import fail_batch
from eximconf.smtp.closing import end
from eximconf.smtp.content_acls import ask_dkim, ask_mime, tell_reports, unspool
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.envelope_rewriting import rewrite_recipients, rewrite_sender, rewriter_of
from eximconf.smtp.facts import Manner
from eximconf.smtp.fixups import Fixups
from eximconf.smtp.forced_sender import force_sender
from eximconf.smtp.from_line import without_from_lines
from eximconf.smtp.header_addresses import complete_addresses
from eximconf.smtp.incoming import Incoming
from eximconf.smtp.prdr import ask_prdr
from eximconf.smtp.received_line import received_line
from eximconf.smtp.refusals import refuse
from eximconf.smtp.resetting import start_message


def arrive(dialogue: Dialogue, octets: str, *, dots: bool = True) -> None:
    """Take the message in *octets*, answer, and get ready for the next one."""
    dialogue.log.message_id = ""
    _forget_lookups(dialogue)
    limits = _limits(dialogue)
    received = receive(without_from_lines(dialogue, octets, limits), limits, dots=dots)
    incoming = Incoming(dialogue, received, [HeaderLine(text) for text in received.headers])
    incoming.started = now(dialogue.ctx)
    dialogue.ctx.variables |= {
        "received_time": str(int(incoming.started)), "mime_part_count": "-1", "mime_is_coverletter": "0",
        "mime_is_rfc822": "0", "dmarc_status": "none",
    }  # fmt: skip
    dialogue.counters.lines += received.lines + 1
    dialogue.log.details = incoming.envelope_details
    dialogue.shows_recipients = True
    accepted = False
    try:
        if _check_header(incoming) and _complete(incoming) and _check_content(incoming):
            accept(incoming)
            accepted = not incoming.blackholed_by
        elif not incoming.answered and dialogue.open:
            _give_up(incoming)
    finally:
        dialogue.log.details = None
        dialogue.shows_recipients = False
        if not (
            accepted and dialogue.facts.manner is Manner.TESTED
        ):  # which keeps it for the lines that follow
            dialogue.log.message_id = ""
    if dialogue.open:
        start_message(dialogue)


def _limits(dialogue: Dialogue) -> Limits:
    options = dialogue.options
    return Limits(dialogue.size_limit, options.header_maxsize, options.header_line_maxsize)


def break_off(dialogue: Dialogue, octets: str, *, dots: bool = True) -> str:
    """Take what there is of a message whose end does not come; how far it was, in the words of the log. One whose
    header is complete has an id already."""
    octets = without_from_lines(dialogue, octets, _limits(dialogue))
    where = lost_in(octets, dots=dots)
    has_id = not where and dialogue.options.since("4.97")
    dialogue.log.message_id = dialogue.ids.next(now(dialogue.ctx)) if has_id else ""
    return where


def _give_up(incoming: Incoming) -> None:
    if incoming.dialogue.facts.manner is Manner.BATCH:
        fail_batch(incoming.dialogue, incoming.reply, about_command=False)
    else:
        incoming.dialogue.reply(incoming.reply)


def _check_header(incoming: Incoming) -> bool:
    """Whether the header is not too long."""
    fault, dialogue = incoming.received.fault, incoming.dialogue
    match fault:
        case Fault.LONG_HEADER:
            what, limit = "ridiculously long message header", dialogue.options.header_maxsize
        case Fault.LONG_HEADER_LINE:
            what, limit = "overlong message header line", dialogue.options.header_line_maxsize
        case _:
            return True
    texts = dialogue.log.texts()
    who = texts.full if texts is not None else dialogue.log.ident
    dialogue.log.main(f"{what} received from {who} (more than {limit} characters): message abandoned")
    incoming.reply = fault.value
    return False


def _complete(incoming: Incoming) -> bool:
    """Give the message its id, put its header right, and set what expansions see of it; False if it is too big or our
    own line cannot be made."""
    dialogue, message = incoming.dialogue, incoming.message
    incoming.identity = message.id = dialogue.ids.next(incoming.started)
    dialogue.log.message_id = message.id
    variables = dialogue.ctx.variables
    variables["message_exim_id"] = variables["message_id"] = message.id
    force_sender(dialogue)
    fixups = Fixups(dialogue, incoming.lines, message.id)
    fixups.classify()
    incoming.raw_recipients = tuple(recipient.address for recipient in message.recipients)
    rewriter = rewriter_of(dialogue)
    if rewriter is not None:
        rewrite_recipients(dialogue, rewriter)
    fixups.complete()
    if rewriter is not None:
        rewrite_sender(dialogue, rewriter)
    complete_addresses(dialogue, incoming.lines, rewriter)
    _forget_lookups(dialogue)
    if dialogue.facts.manner is not Manner.BATCH:
        message.received_headers = incoming.received.headers
    incoming.message_id, incoming.created_id = fixups.message_id, fixups.created_id
    if incoming.received.fault is Fault.TOO_BIG:
        _refuse_size(incoming)
        return False
    dialogue.ctx.headers = HeaderLines(message.headers, dialogue.options.settings)
    _put_counts(incoming)
    incoming.show()
    line = received_line(dialogue)
    if isinstance(line, str):
        dialogue.log.panic(line)
        if dialogue.facts.manner is not Manner.TESTED:
            dialogue.reply("421 Unexpected failure, please try later")
        incoming.answered = True
        end(dialogue, "local-error", failed=True)
        return False
    incoming.own_line = line
    incoming.lines.insert(0, line)
    incoming.show()
    incoming.change_headers()
    return True


def _forget_lookups(dialogue: Dialogue) -> None:
    """Close what look-ups have opened, and forget their answers: before a message is taken apart and when its addresses
    are rewritten, but not when it is done. Seen in 4.96 and 4.100-dev."""
    Searches.of(dialogue.ctx.services).forget()


def _refuse_size(incoming: Incoming) -> None:
    dialogue = incoming.dialogue
    texts, ident = dialogue.log.texts(), dialogue.log.ident
    host = f" H={texts.full}" if texts is not None else ""
    user = f" U={ident}" if ident else ""
    dialogue.log.reject(
        f"rejected from <{incoming.message.sender}>{host}{user}: message too big: "
        f"read={incoming.received.size} max={dialogue.size_limit}",
        "size_reject",
    )
    incoming.reply = Fault.TOO_BIG.value


def _put_counts(incoming: Incoming) -> None:
    """Set the variables that count and show the body."""
    dialogue, received = incoming.dialogue, incoming.received
    settings, body = dialogue.options.settings, received.body
    incoming.message.body = body
    dialogue.ctx.variables.update({
        "message_size": str(received.size),
        "message_linecount": str(received.lines),
        "body_linecount": str(received.body_lines),
        "body_zerocount": str(received.zeros),
        "message_body_size": str(len(body)),
        "max_received_linelength": str(received.longest),
        "received_count": str(1 + sum(line.kind == "P" for line in incoming.lines)),
    })  # fmt: skip
    dialogue.ctx.computed["message_body"] = lambda: Tainted(visible_body(body, settings, at_end=False))
    dialogue.ctx.computed["message_body_end"] = lambda: Tainted(visible_body(body, settings, at_end=True))


def _check_content(incoming: Incoming) -> bool:
    """Ask the ACLs about the message; False if it was refused."""
    dialogue, message = incoming.dialogue, incoming.message
    if not message.recipients:
        incoming.blackholed_by = "MAIL ACL" if dialogue.transaction.discards else "RCPT ACL"
        return True
    if dialogue.facts.manner is Manner.BATCH:
        return _check_batch(incoming)
    for phase, ask in (("dkim", ask_dkim), ("mime", ask_mime)):
        if not _take(incoming, phase, ask(dialogue)):
            return False
    if message.prdr and len(message.recipients) > 1 and dialogue.options.acl_smtp_data_prdr is not None:
        incoming.prdr = True
        incoming.reply = ask_prdr(dialogue)
        if not message.recipients:
            return False
    acl = dialogue.options.acl_smtp_data
    if acl is None or not message.recipients:
        return True
    outcome = dialogue.ask("data", acl)
    tell_reports(dialogue)
    incoming.user_message = outcome.user_message
    return _take(incoming, "data", outcome)


def _take(incoming: Incoming, phase: str, outcome: AclOutcome | None) -> bool:
    """Obey the *outcome* of an ACL, None for none; False if it refuses the message."""
    incoming.change_headers()
    if outcome is None or outcome.verdict is Verdict.ACCEPT:
        return True
    if outcome.verdict is Verdict.DISCARD:
        incoming.message.recipients.clear()
        incoming.blackholed_by = f"{phase.upper()} ACL"
        if outcome.log_message is not None and phase != "mime":
            incoming.blackhole_reason = f": {outcome.log_message}"
        return True
    unspool(incoming.dialogue)
    refuse(incoming.dialogue, phase, outcome)
    incoming.answered = True
    return False


def _check_batch(incoming: Incoming) -> bool:
    """Ask the ACLs for messages that do not come by interactive SMTP."""
    dialogue = incoming.dialogue
    mime = ask_mime(dialogue, batch=True)
    outcome = mime
    if mime is None and dialogue.options.acl_not_smtp is not None:
        outcome = dialogue.ask("not_smtp", dialogue.options.acl_not_smtp)
    incoming.change_headers()
    if outcome is None or outcome.verdict is Verdict.ACCEPT:
        return True
    if outcome.verdict is Verdict.DISCARD:
        incoming.message.recipients.clear()
        incoming.blackholed_by = "MIME ACL" if mime is not None else "non-SMTP ACL"
        return True
    if outcome.log_reject_target:
        dialogue.log.write(
            tuple(name for name in ("main", "reject", "panic") if name in outcome.log_reject_target),
            f"F=<{incoming.message.sender}> rejected by non-SMTP ACL: {outcome.log_message or ''}",
        )
    incoming.reply = f"550 {outcome.user_message or 'local configuration problem'}"
    return False
