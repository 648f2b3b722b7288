"""Limits that a configuration sets: some are expanded, some slow the client down. Spec: 14.23 "smtp_accept_…",
"smtp_ratelimit_…", "message_size_limit"."""

from __future__ import annotations

import re

from eximconf.expand.dynamic import expand_string
from eximconf.expand.numbers import parse_integer
from eximconf.runtime.context import Context
from eximconf.runtime.machine import int32
from eximconf.runtime.outcome import Outcome
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.options import Slowdown

_NUMBER = re.compile(r"[ \t-\r]*([+-]?[0-9]{1,18})")


def leading_integer(value: str | int | None, ctx: Context) -> int:
    """The number that an expanded option begins with; 0 for none. Raises an `Outcome` if it does not expand."""
    if isinstance(value, int):
        return value
    found = _NUMBER.match(expand_string(value, ctx)) if value else None
    return int32(int(found[1])) if found else 0


def mails_per_connection(dialogue: Dialogue) -> int:
    """How many messages the client may send; 0: any number."""
    try:
        return leading_integer(dialogue.options.smtp_accept_max_per_connection, dialogue.ctx)
    except Outcome:
        dialogue.log.panic("failed to expand smtp_accept_max_per_connection")
        return 0


def message_size_limit(dialogue: Dialogue) -> int | None:
    """The octets that a message may have, 0: any number; None: a fault, which was logged."""
    text = dialogue.options.message_size_limit
    if not text:
        return 0
    try:
        value = expand_string(text, dialogue.ctx)
    except Outcome as fault:
        dialogue.log.panic(f"unable to expand message_size_limit: {fault.message}")
        return None
    try:
        return min(parse_integer(value, nonneg=True), 0x7FFFFFFF)
    except Outcome as fault:
        dialogue.log.panic(f"invalid message_size_limit: {fault.message}")
        return None


def slow_down(dialogue: Dialogue, rate: Slowdown | None, count: int, delay: float) -> float:
    """Let the client wait if it has sent more than *rate* allows; the delay for the next time."""
    if rate is None or count <= rate.threshold or not dialogue.hosts.hold("smtp_ratelimit_hosts"):
        return delay
    dialogue.wait(delay)
    return min(delay * rate.factor, rate.limit)
