"""The ``Received:`` line that reception puts before a message. Spec: 14.23 "received_header_text"."""

from __future__ import annotations

from eximconf.expand.dynamic import expand_string
from eximconf.message.header_kinds import REMOVED, HeaderLine
from eximconf.runtime.calendar import full_date, local_time, now
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.value import Tainted
from eximconf.smtp.dialogue import Dialogue


def received_line(dialogue: Dialogue) -> HeaderLine | str:
    """The line; or why it cannot be made, which ends the reception. Where the option is empty, the line does not stay."""
    variables, text = dialogue.ctx.variables, dialogue.options.received_header_text or ""
    recipients = dialogue.message.recipients
    if len(recipients) == 1:
        variables["received_for"] = Tainted(recipients[0].address)
    try:
        expanded = expand_string(text, dialogue.ctx)
    except Outcome as fault:
        return f"Expansion of {dialogue.log.quoted(text)} (received_header_text) failed: {fault.message}"
    finally:
        variables.pop("received_for", None)
    date = full_date(local_time(dialogue.ctx, now(dialogue.ctx)))
    if not expanded:
        return HeaderLine(f"Received: ; {date}\n", REMOVED)
    return HeaderLine(f"{expanded};\n\t{date}\n", "P")
