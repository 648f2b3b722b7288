"""Values that a configuration gives to an authenticator: ``server_param1`` to ``server_param3``."""

from __future__ import annotations

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.smtp.auth.exchange import Values
from eximconf.smtp.mechanisms import option_text


def add_parameter(ctx: Context, block: DriverBlock, values: Values, option: str) -> bool:
    """Add the expanded option to *values*, empty if it does not expand; False if it is not set."""
    text = option_text(block, option)
    if text is None:
        return False
    try:
        values.add(expand_string(text, ctx))
    except Outcome:
        values.add("")
    return True
