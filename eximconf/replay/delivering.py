"""Accepted messages go out, as the session has recorded it."""

from __future__ import annotations

from dataclasses import replace

from eximconf.config.model import Configuration
from eximconf.deliver.message import Delivery
from eximconf.message.headers import HeaderLines
from eximconf.replay.world.world import World
from eximconf.route.verifier import RoutingVerifier
from eximconf.runtime.context import Context
from eximconf.smtp.events import Accepted
from eximconf.smtp.facts import Manner

_OF_RECEPTION = (
    "domain", "local_part", "domain_data", "local_part_data", "address_data", "recipient_data", "value", "host",
    "host_address", "host_port", "smtp_notquit_reason", "verify_mode", "acl_verify_message",
)  # fmt: skip
"""What the process that delivers knows nothing of."""
_NOT_SPOOLED = (
    "rcpt_count", "rcpt_defer_count", "rcpt_fail_count", "recipients", "recipients_list", "smtp_command",
    "smtp_command_argument", "smtp_command_history",
)  # fmt: skip


class Outgoing:
    """Delivers the messages of one connection. *world*: what the session knows; *routing*: the routers. *signed*: takes what was put
    above messages that were signed."""

    def __init__(
        self, configuration: Configuration, routing: RoutingVerifier, world: World, manner: Manner
    ) -> None:
        self._configuration = configuration
        self._routing = routing
        self._world = world
        self._tested = manner is Manner.TESTED
        self._queues = configuration["queue_only"] is True
        self.signed: list[str] = []

    def send(self, ctx: Context, message: Accepted) -> None:
        """Deliver *message*, unless it waits. *ctx*: as it was accepted in; the log lines go where its own go."""
        world = self._world
        if (
            not world.deliveries.wanted
            or self._tested
            or self._queues
            or message.frozen
            or message.queue_only
        ):
            return
        recipients = [recipient.address for recipient in message.recipients if not recipient.discarded]
        headers = HeaderLines(list(message.headers), ctx.settings)
        delivery = Delivery(
            self._configuration,
            self._routing.routing,
            _delivering(ctx),
            world.deliveries,
            world.events,
            message.sender,
            message.body,
        )
        delivery.run(recipients, headers)
        self.signed += delivery.signed


def _delivering(ctx: Context) -> Context:
    """What the process that delivers sees of the message."""
    return replace(
        ctx,
        variables={name: value for name, value in ctx.variables.items() if name not in _OF_RECEPTION},
        computed={name: value for name, value in ctx.computed.items() if name not in _NOT_SPOOLED},
        numbers=[], visited=0, connection=None, trace=None, acl_run=None, place=None,
    )  # fmt: skip
