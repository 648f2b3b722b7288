"""Brightmail AntiSpam: what its scanner has said of a message, recipient by recipient. Spec: experimental-spec of 4.83,
"Brightmail AntiSpam (BMI) support".

No Exim at hand is built with it, and 4.100 has it no more: what is here is what that paper says.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from eximconf.runtime.acl_answers import ScanAnswer
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.session import Message
from eximconf.runtime.value import ascii_lower

CONTROL = "bmi_run"
_DEFAULT, _ALTERNATE, _DROP = "default", "alternate", "drop"
_NONE = ScanAnswer(_DEFAULT)
_VARIABLES = ("bmi_alt_location", "bmi_base64_tracker_verdict", "bmi_base64_verdict")
RULES = "bmi_rules"
"""What an answer calls the list of rules that have fired; no variable of Exim."""


@dataclass(slots=True)
class Verdicts:
    """Those of the message *identity*, by recipient in lower case."""

    identity: str
    answers: dict[str, ScanAnswer] = field(default_factory=dict)


def scan_message(ctx: Context, message: Message, identity: str) -> None:
    """Have the message looked at, if an ACL has asked for it. Routing knows what came of it."""
    scanners = ctx.services.scanners
    if CONTROL not in message.controls.settings or scanners is None:
        return
    found = Verdicts(identity)
    for recipient in message.recipients:
        found.answers[ascii_lower(recipient.address)] = scanners.ask(ctx, "bmi", recipient.address)
    ctx.services.memory[Verdicts] = found


def verdict(ctx: Context, recipient: str) -> ScanAnswer:
    """What is said of the message at hand for *recipient*: ``default``, ``alternate`` or ``drop``."""
    found = ctx.services.memory.get(Verdicts)
    if not isinstance(found, Verdicts) or found.identity != ctx.variables.get("message_exim_id"):
        return _NONE
    return found.answers.get(ascii_lower(recipient), _NONE)


def variables(answer: ScanAnswer) -> dict[str, str]:
    """``$bmi_…`` for a recipient."""
    values = {name: answer.variables[name] for name in _VARIABLES if name in answer.variables}
    return values | {"bmi_deliver": "0" if answer.result == _DROP else "1"}


def is_delivered(answer: ScanAnswer) -> bool:
    return answer.result != _DROP


def has_alternate(answer: ScanAnswer) -> bool:
    """Whether delivery is to go somewhere else than usual."""
    return answer.result == _ALTERNATE


def has_fired(answer: ScanAnswer, rules: str) -> bool:
    """Whether one of the list *rules* has."""
    fired = split(answer.variables.get(RULES, ""))[0]
    return any(rule in fired for rule in split(rules)[0])
