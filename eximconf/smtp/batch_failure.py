"""How a fault ends batched SMTP: with a report to the standard output and one for people. Spec: 52.5."""

from __future__ import annotations

from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.events import BatchFailed


def fail_batch(dialogue: Dialogue, message: str, about_command: bool = True) -> None:
    """Report *message* and end the input. *about_command*: it is the command at hand that is wrong."""
    counters = dialogue.counters
    command = dialogue.line if about_command else None
    dialogue.events.append(
        BatchFailed(message, counters.transaction_line, counters.lines, command, counters.messages)
    )
    dialogue.close("batch-failed", failed=True)
