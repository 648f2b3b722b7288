"""``event_action``: what a configuration does about events. Spec: 61; in 4.83 ``delivery_event_action`` and
``tpda_event_action``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from eximconf.catalog.events import EVENTS
from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.match.verdict import Died
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.settings import at_least

_DEEPEST = 10
_NAMES = ("event_name", "event_data", "tpda_event", "tpda_data")
_ERROR_NUMBERS = ("event_defer_errno", "tpda_defer_errno")


@dataclass(frozen=True, slots=True)
class Action:
    """The text that is expanded for events, "" for none. *place*: where it stands, as the log names it: ``main`` or a
    transport. *by_event*: texts of their own for some events."""

    text: str
    place: str
    by_event: Mapping[str, str] = field(default_factory=dict)

    def for_event(self, event: str) -> str:
        """The text for *event*, "" for none."""
        return self.text or self.by_event.get(event, "")

    def known(self, event: str, target: str) -> bool:
        """Whether Exim *target* knows *event*: by its name, or because it has an option for it."""
        return event in self.by_event or at_least(target, EVENTS[event].since)


@lru_cache(maxsize=256)
def _main(text: str) -> Action:
    return Action(text, "main")


def main_action(settings: Mapping[str, str]) -> Action:
    """The action of the main section, by the newest of its names that is set."""
    return _main(settings.get("event_action") or settings.get("delivery_event_action") or "")


def transport_action(block: DriverBlock) -> Action:
    """The action of a transport. In 4.82 it had one for deliveries, and one for hosts that defer."""
    text = _text(block, "event_action") or _text(block, "tpda_event_action")
    old = {"msg:delivery": "tpda_delivery_action", "msg:host:defer": "tpda_host_defer_action"}
    return Action(
        text, block.name, {event: _text(block, name) for event, name in old.items() if _text(block, name)}
    )


def _text(block: DriverBlock, name: str) -> str:
    value = block[name]
    return value if isinstance(value, str) else ""


class EventActions:
    """The service `Events`, and the actions of transports. An action that gives rise to events itself runs for
    those too, as far as *_DEEPEST* levels."""

    def __init__(self) -> None:
        self._depth = 0

    def happen(self, ctx: Context, event: str, data: str) -> str | None:
        """Expand the action of the main section; None where it gives nothing or fails."""
        return self.run(ctx, main_action(ctx.settings), event, data)

    def run(self, ctx: Context, action: Action, event: str, data: str) -> str | None:
        """Expand *action*, if the Exim of *ctx* knows *event*; None where it gives nothing or fails."""
        text = action.for_event(event)
        if not text or self._depth >= _DEEPEST or not action.known(event, ctx.target):
            return None
        variables = ctx.variables
        variables |= {"event_name": event, "event_data": data, "tpda_event": event, "tpda_data": data}
        for name in _ERROR_NUMBERS:
            variables.setdefault(name, "0")
        self._depth += 1
        try:
            return expand_string(text, ctx) or None
        except (Outcome, Died) as fault:
            if ctx.log is not None:
                told = f"failed to expand event_action {event} in {action.place}: {fault.message}\n"
                ctx.log(LogLine(told, panic=True))
            return None
        finally:
            self._depth -= 1
            for name in _NAMES:
                variables.pop(name, None)


def set_error_number(ctx: Context, number: int) -> None:
    """Set ``$event_defer_errno``, which stays as it is until the next one."""
    for name in _ERROR_NUMBERS:
        ctx.variables[name] = str(number)
