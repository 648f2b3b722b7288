"""The driver ``plaintext``: PLAIN, LOGIN and what else sends passwords as they are. Spec: 34."""

from __future__ import annotations

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import Outcome
from eximconf.smtp.auth.exchange import Ending, Exchange, Result, Values, check_condition
from eximconf.smtp.mechanisms import option_text


def plaintext(ctx: Context, block: DriverBlock, values: Values, data: str) -> Exchange:
    """A prompt for each value that did not come with the command, and then the condition."""
    prompts = option_text(block, "server_prompts") or ""
    try:
        prompts = expand_string(prompts, ctx)
    except Outcome as fault:
        return Result(Ending.DEFER, fault.message)
    if data and (bad := values.read(data)) is not None:
        return bad
    for number, prompt in enumerate(split(prompts)[0], 1):
        if number > values.count:
            bad = values.take((yield prompt))
            if bad is not None:
                return bad
    return check_condition(ctx, block)
