"""The driver ``tls``: a verified certificate authenticates without a command of the client. Spec: 42."""

from __future__ import annotations

from eximconf.config.model import DriverBlock
from eximconf.runtime.context import Context
from eximconf.smtp.auth.exchange import Exchange, Values, check_condition
from eximconf.smtp.auth.parameters import add_parameter


def tls(ctx: Context, block: DriverBlock, values: Values, _data: str) -> Exchange:
    """The values of the configuration, and the condition. Nothing is asked."""
    for option in ("server_param1", "server_param2", "server_param3"):
        add_parameter(ctx, block, values, option)
    return check_condition(ctx, block)
    yield ""
