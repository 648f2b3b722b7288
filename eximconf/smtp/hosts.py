"""Host lists of main options, asked about the client. Spec: 10.4 "Host lists"."""

from __future__ import annotations

from eximconf.acl.memory import Memory
from eximconf.dns.client import ClientHost
from eximconf.expand.dynamic import expand_string
from eximconf.match.clients import match_client
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.session import Connection
from eximconf.smtp.options import Options


class HostLists:
    """The host lists of one configuration, as one client stands to them."""

    __slots__ = ("_connection", "_ctx", "_options", "names")

    def __init__(self, ctx: Context, options: Options, connection: Connection) -> None:
        self._ctx = ctx
        self._options = options
        self._connection = connection
        self.names = ClientHost(ctx, connection)

    def hold(self, option: str, undecided: bool = False) -> bool:
        """Whether the client is in the host list that main option *option* sets; *undecided* where that cannot be
        found out now."""
        text: str | None = getattr(self._options, option)
        ctx = self._ctx
        if ctx.trace is None:
            if text is None or text == "":
                return False
            if text == "*":
                return True
        try:
            cache = Memory.of(ctx).host_lists
            return match_client(
                ctx, self._connection, text, expand_string, cache=cache, option=option, wants_data=False
            ).found
        except Outcome:
            return undecided
