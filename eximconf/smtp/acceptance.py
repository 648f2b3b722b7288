"""A message is accepted: the lines in the log, the answer, and what is handed on. Spec: 53.9, 44.13."""

from __future__ import annotations

from eximconf.mailauth.brightmail import scan_message
from eximconf.runtime.calendar import full_date, local_time, now
from eximconf.smtp.answers import Code
from eximconf.smtp.arrival_line import arrival_line
from eximconf.smtp.content_acls import unspool
from eximconf.smtp.events import Accepted, Discarded, Remark
from eximconf.smtp.facts import Manner
from eximconf.smtp.incoming import Incoming

_NOT_REAL = "\n**** SMTP testing: that is not a real message id!\n\n"


def accept(incoming: Incoming) -> None:
    """Log the message, tell what became of it, and answer."""
    dialogue, message, log = incoming.dialogue, incoming.message, incoming.dialogue.log
    controls = message.controls
    incoming.faked = controls.fakereject if controls.fakereject is not None else controls.fakedefer
    unspool(dialogue)
    scan_message(dialogue.ctx, message, message.id)
    _renew_date(incoming)
    if not incoming.reply or incoming.prdr:
        recipients = incoming.raw_recipients if log.shows("received_recipients") else ()
        log.main(arrival_line(incoming), recipients=recipients)
        if controls.freeze:
            log.main("frozen by ACL")
        if controls.queue_only:
            queue = f" in {controls.queue}" if controls.queue else ""
            log.main(f"no immediate delivery: queued{queue} by ACL", "delay_delivery")
    _tell_outcome(incoming)
    if dialogue.facts.manner is not Manner.BATCH:
        _answer(incoming)
    if incoming.blackholed_by:
        log.main(f"=> blackhole ({incoming.blackholed_by} discarded recipients){incoming.blackhole_reason}")
        log.main("Completed")
    dialogue.counters.messages += 1


def _renew_date(incoming: Incoming) -> None:
    """Our own ``Received:`` line has the time at which all was done."""
    line, ctx = incoming.own_line, incoming.dialogue.ctx
    if line is not None:
        date = full_date(local_time(ctx, now(ctx)))
        line.text = f"{line.text[: -len(date) - 1]}{date}\n"


def _tell_outcome(incoming: Incoming) -> None:
    message, controls = incoming.message, incoming.message.controls
    if incoming.blackholed_by:
        incoming.dialogue.events.append(Discarded(message.id, incoming.blackholed_by))
        return
    faked = (
        "reject" if controls.fakereject is not None else "defer" if controls.fakedefer is not None else ""
    )
    incoming.dialogue.events.append(
        Accepted(
            message.id, message.sender, tuple(message.recipients),
            tuple(line.text for line in incoming.lines if line.stays), message.body,
            controls.freeze, controls.queue, controls.queue_only, faked,
        )
    )  # fmt: skip


def _answer(incoming: Incoming) -> None:
    dialogue, chunks = incoming.dialogue, incoming.dialogue.chunks
    fake_code = Code("550" if incoming.message.controls.fakereject is not None else "450")
    if incoming.reply:
        if incoming.faked is not None and incoming.reply[0] == "2":
            dialogue.respond(fake_code, incoming.faked)
        else:
            dialogue.reply(incoming.reply[:1024])
        return
    if incoming.faked is not None:
        dialogue.respond(fake_code, incoming.faked)
    elif incoming.user_message:
        dialogue.respond_user("250", incoming.user_message)
    elif chunks.active:
        total = incoming.received.size + incoming.received.lines
        dialogue.reply(f"250- {chunks.size} byte chunk, total {total}\r\n250 OK id={incoming.identity}")
    else:
        dialogue.reply(f"250 OK id={incoming.identity}")
    if dialogue.facts.manner is Manner.TESTED:
        dialogue.events.append(Remark(_NOT_REAL))
