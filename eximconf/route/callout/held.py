"""A callout that is held open for the recipients to come: the option ``hold``. Spec: 44.22."""

from __future__ import annotations

from dataclasses import dataclass

from eximconf.route.callout.greeting import Peer
from eximconf.runtime.context import Context

HELD_CALLOUT = "callout"
"""Its name among the notes of the connection from which the message comes."""


@dataclass(slots=True)
class HeldCallout:
    """*transport* by name; *address*, *port*: of the host; *interface*: on this side; *sender*: that was given."""

    peer: Peer
    transport: str
    address: str
    port: int
    interface: str
    sender: str

    def close(self) -> None:
        self.peer.conversation.quit()


def held_callout(ctx: Context) -> HeldCallout | None:
    """The one of the message at hand."""
    found = ctx.connection.notes.get(HELD_CALLOUT) if ctx.connection is not None else None
    return found if isinstance(found, HeldCallout) else None


def hold(ctx: Context, callout: HeldCallout) -> bool:
    """Keep *callout*; false where there is no connection to keep it for."""
    if ctx.connection is None:
        return False
    ctx.connection.notes[HELD_CALLOUT] = callout
    return True


def let_go(ctx: Context) -> None:
    """End it, if there is one."""
    held = held_callout(ctx)
    if held is not None and ctx.connection is not None:
        del ctx.connection.notes[HELD_CALLOUT]
        held.close()
