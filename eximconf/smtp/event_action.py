"""``event_action``: what a configuration does about events that belong to no transport. Spec: 61."""

from __future__ import annotations

from eximconf.catalog.events import EVENTS
from eximconf.expand.dynamic import expand_string
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.settings import at_least

_DEEPEST = 10


class EventActions:
    """The service `Events`: the main option of each context. An action that gives rise to events itself runs for
    those too, as far as *_DEEPEST* levels."""

    def __init__(self) -> None:
        self._depth = 0

    def happen(self, ctx: Context, event: str, data: str) -> str | None:
        """Expand the action, if the Exim of *ctx* knows *event*; None where it gives nothing or fails."""
        action = ctx.settings.get("event_action")
        if action is None or self._depth >= _DEEPEST or not at_least(ctx.target, EVENTS[event].since):
            return None
        ctx.variables |= {"event_name": event, "event_data": data}
        self._depth += 1
        try:
            return expand_string(action, ctx) or None
        except Outcome as fault:
            if ctx.log is not None:
                text = f"failed to expand event_action {event} in main: {fault.message}"
                ctx.log(LogLine(text, panic=True))
            return None
        finally:
            self._depth -= 1
            ctx.variables.pop("event_name", None)
            ctx.variables.pop("event_data", None)
