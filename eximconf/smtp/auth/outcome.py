"""What becomes of an exchange: who has authenticated, the answer to the client, what the log says. Spec: 33.2."""

from __future__ import annotations

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.printing import printing
from eximconf.runtime.value import Tainted
from eximconf.smtp.auth.exchange import Ending, Result, Values
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.mechanisms import option_text
from eximconf.smtp.protocol import set_protocol

_ANSWERS = {
    Ending.BAD_BASE64: "501 Invalid base64 data",
    Ending.CANCELLED: "501 Authentication cancelled",
    Ending.UNEXPECTED: "553 Initial data not expected",
}


def take_result(dialogue: Dialogue, block: DriverBlock, values: Values, result: Result) -> tuple[str, str]:
    """Note who has authenticated, or who has not. The answer, and for the log why it failed, "" if it did not."""
    variables = dialogue.ctx.variables
    identity, fault = _identity(dialogue, block)
    values.forget()
    if result.ending is Ending.OK:
        if fault is None:
            _authenticated(dialogue, block, identity)
            return "235 Authentication succeeded", ""
        result = Result(Ending.DEFER, fault)
    shown = f" (set_id={identity})" if identity else ""
    answer = _ANSWERS.get(result.ending)
    if answer is not None:
        return answer, answer
    variables["authenticated_fail_id"] = Tainted(shown)
    if result.ending is Ending.FAIL:
        answer = "535 Incorrect authentication data"
        return answer, answer + shown
    answer = "435 Unable to authenticate at present"
    return answer + result.user_message, f"{answer}{shown}: {result.message}"


def _identity(dialogue: Dialogue, block: DriverBlock) -> tuple[str | None, str | None]:
    """What ``server_set_id`` gives, None if it is not set or does not expand, and in that case why not."""
    text = option_text(block, "server_set_id")
    if text is None:
        return None, None
    try:
        return printing(expand_string(text, dialogue.ctx), dialogue.options.settings), None
    except Outcome as fault:
        return None, fault.message


def _authenticated(dialogue: Dialogue, block: DriverBlock, identity: str | None) -> None:
    variables = dialogue.ctx.variables
    if identity is not None:
        variables["authenticated_id"] = Tainted(identity)
    variables["sender_host_authenticated"] = block.name
    variables["authentication_failed"] = "0"
    variables.pop("authenticated_fail_id", None)
    dialogue.connection.authenticator = block.name
    dialogue.authenticator = block
    set_protocol(dialogue, extended=True)
