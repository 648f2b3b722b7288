"""The SMTP server: octets in, events out. It reads nothing, sends nothing and never raises. Spec: 52.3."""

from __future__ import annotations

from collections.abc import Callable

from eximconf.acl.engine import AclEngine
from eximconf.config.model import Configuration
from eximconf.deliver.event_action import EventActions
from eximconf.expand.dynamic import expand_string
from eximconf.match.option_lists import OptionLists
from eximconf.message.ids import MessageIds
from eximconf.runtime.context import Context
from eximconf.runtime.services import Services
from eximconf.runtime.session import Connection
from eximconf.runtime.trace import Trace
from eximconf.smtp.batch import read_batch
from eximconf.smtp.commands.table import read_command
from eximconf.smtp.dialogue import Death, Dialogue
from eximconf.smtp.events import Event
from eximconf.smtp.facts import Facts, Manner
from eximconf.smtp.greeting import begin, welcome
from eximconf.smtp.options import options_of
from eximconf.smtp.proxy import ProxyReader, expects_proxy
from eximconf.smtp.resetting import start_message
from eximconf.smtp.timeouts import lose_patience, patience
from eximconf.smtp.variables import install


class _Outlet(list[Event]):
    """A list of events that passes them on and stays empty."""

    def __init__(self, deliver: Callable[[Event], None]) -> None:
        super().__init__()
        self._deliver = deliver

    def append(self, event: Event) -> None:
        self._deliver(event)


class SmtpServer:
    """One connection to a server with *configuration*.

    *services*: what ACLs and expansions may ask of the world. *facts*: who connects, and how. *trace*: takes what
    Exim prints while it tests a host, None for nothing. *variables*: set before all others. *deliver*: is given
    each event at once, in step with the trace; the methods give none then.
    """

    def __init__(
        self,
        configuration: Configuration,
        engine: AclEngine,
        services: Services,
        facts: Facts,
        trace: Trace | None = None,
        variables: dict[str, str] | None = None,
        ids: MessageIds | None = None,
        deliver: Callable[[Event], None] | None = None,
    ) -> None:
        options = options_of(configuration)
        if services.domain_lists is None:
            services.domain_lists = OptionLists(expand_string)
        if services.acls is None:
            services.acls = engine
        if services.events is None:
            services.events = EventActions()
        connection = Connection(
            client=facts.client, client_port=facts.client_port, interface=facts.interface,
            interface_port=facts.interface_port, is_batch=facts.manner is Manner.BATCH, host_name=facts.host_name,
            shown_name=facts.host_name or "",
        )  # fmt: skip
        self.context = Context(
            variables=dict(variables or {}), settings=options.settings, lists=configuration, services=services,
            target=options.target, connection=connection, trace=trace,
        )  # fmt: skip
        ids = ids or MessageIds(options.target, facts.process, _host_number(options.localhost_number))
        events: list[Event] = [] if deliver is None else _Outlet(deliver)
        self._dialogue = Dialogue(
            options, engine, self.context, connection, facts, ids, read_command, events
        )
        self.context.log = self._dialogue.log.take
        install(self._dialogue)

    @property
    def open(self) -> bool:
        """Whether the connection is."""
        return self._dialogue.open

    def greet(self) -> list[Event]:
        """What happens when the client connects."""
        try:
            self._begin()
        except Death:
            self._dialogue.close("died", failed=True)
        return self._events()

    def _begin(self) -> None:
        dialogue = self._dialogue
        if begin(dialogue):
            if dialogue.facts.manner is Manner.BATCH:
                dialogue.reader = read_batch
                start_message(dialogue)
            elif expects_proxy(dialogue):
                dialogue.reader = ProxyReader(dialogue.reader)
            else:
                welcome(dialogue)

    def send_early(self, octets: str) -> None:
        """*octets* have come from a client that did not wait for the greeting."""
        self._dialogue.input.add(octets)

    def receive(self, octets: str) -> list[Event]:
        """What happens on *octets* from the client (latin-1); they count as having come at once."""
        self._dialogue.input.add(octets)
        return self._run()

    def end_of_input(self) -> list[Event]:
        """What happens when the client sends no more."""
        self._dialogue.input.ended = True
        return self._run()

    @property
    def patience(self) -> float:
        """The seconds that the server waits for input now; 0: for ever."""
        return patience(self._dialogue)

    def time_out(self) -> list[Event]:
        """What happens when nothing has come for that long."""
        try:
            if self._dialogue.open:
                lose_patience(self._dialogue)
        except Death:
            self._dialogue.close("died", failed=True)
        return self._run()

    def _run(self) -> list[Event]:
        dialogue = self._dialogue
        try:
            while dialogue.open and dialogue.reader(dialogue):
                pass
        except Death:
            dialogue.close("died", failed=True)
        return self._events()

    def _events(self) -> list[Event]:
        events = self._dialogue.events
        taken = list(events)
        events.clear()
        return taken


def _host_number(text: str | None) -> int | None:
    """``localhost_number``, where it is a plain number."""
    return int(text) if text and text.isdecimal() and len(text) < 4 else None
