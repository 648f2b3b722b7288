"""The driver ``external``: the client is known by other means, such as its certificate. Spec: 41; RFC 4422, A."""

from __future__ import annotations

from eximconf.config.model import DriverBlock
from eximconf.runtime.context import Context
from eximconf.smtp.auth.exchange import Exchange, Values, check_condition
from eximconf.smtp.auth.parameters import add_parameter


def external(ctx: Context, block: DriverBlock, values: Values, data: str) -> Exchange:
    """One value from the client, and those that the configuration adds."""
    if data and (bad := values.read(data)) is not None:
        return bad
    if values.count == 0 and (bad := values.take((yield ""))) is not None:
        return bad
    for option in ("server_param2", "server_param3"):
        if not add_parameter(ctx, block, values, option):
            break
    return check_condition(ctx, block)
