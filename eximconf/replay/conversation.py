"""Plays one connection of a session: sends what the client sends, step by step, and gives the scope of each."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from eximconf.config.load import read_octets
from eximconf.message.ids import MessageIds
from eximconf.replay.configurations import Loaded
from eximconf.replay.delivering import Outgoing
from eximconf.replay.listening import Listener
from eximconf.replay.scope import Scope
from eximconf.replay.session import Change, Conversation, Step
from eximconf.replay.world.world import World
from eximconf.runtime.trace import Trace
from eximconf.runtime.value import Tainted
from eximconf.smtp.events import Accepted, Event
from eximconf.smtp.facts import Facts, Manner
from eximconf.smtp.server import SmtpServer
from eximconf.syntax.session_nodes import Leave, Send, SendMessage, Sent

_LARGEST_MESSAGE = 1 << 27
_NO_DATA = "the server does not wait for a message"


@dataclass(slots=True)
class Play:
    """One connection while it is played. *listener* and *trace*: None where nobody wants to know."""

    conversation: Conversation
    world: World
    loaded: Loaded
    facts: Facts
    ids: MessageIds
    folder: str
    listener: Listener | None = None
    traced: bool = False
    lines: list[str] = field(default_factory=list)
    server: SmtpServer = field(init=False)
    _last_reply: str = ""
    _outgoing: Outgoing | None = None
    _happened: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        facts, world = self.facts, self.world
        services = world.services(tested=facts.manner is Manner.TESTED)
        trace = Trace(self.lines.append) if self.traced else None
        variables: dict[str, str] = {name: Tainted(value) for name, value in world.variables.items()}
        file = self.loaded.configuration.file
        variables |= {"config_file": file, "config_dir": os.path.dirname(os.path.abspath(file))}
        loaded = self.loaded
        if self._delivers():
            self._outgoing = Outgoing(loaded.configuration, loaded.routing, world, facts.manner)
        self.server = SmtpServer(
            loaded.configuration, loaded.engine, services, facts, trace, variables, self.ids,
            self._happens if self._outgoing is not None else None,
        )  # fmt: skip
        self.server.context.acl_events = self.listener

    def steps(self) -> Iterator[tuple[Step, Scope]]:
        """Each step with what it has brought about so far; what follows it goes on when the next one is asked for."""
        for step in self.conversation.steps:
            scope = Scope(self.server.context)
            self.world.ledger.at = step.start
            packets, told = len(self.world.datagrams.sent), len(self.world.events.happened)
            if not step.sent:
                self._take(scope, self.server.greet())
            elif self.server.open:
                self._send(step.sent, scope)
            else:
                scope.closed_before = True
            if self.listener is not None:
                scope.happenings = self.listener.taken()
            if self.traced:
                scope.trace = list(self.lines)
                self.lines.clear()
            scope.packets = self.world.datagrams.sent[packets:]
            scope.told = self.world.events.happened[told:]
            scope.uses = self.world.ledger.taken_uses()
            if self._outgoing is not None:
                scope.signed, self._outgoing.signed = self._outgoing.signed, []
            yield step, scope
        if self.server.open:
            self.server.end_of_input()

    def _delivers(self) -> bool:
        """Whether the session says anything of deliveries, now or later in the connection."""
        items = (item for step in self.conversation.steps for item in step.items)
        return self.world.deliveries.wanted or any(isinstance(item, Change) and "deliver" in item.values for item in items)

    def _happens(self, event: Event) -> None:
        """A message that is accepted goes out at once, with all that was known when it came."""
        self._happened.append(event)
        if isinstance(event, Accepted) and self._outgoing is not None:
            self._outgoing.send(self.server.context, event)

    def _take(self, scope: Scope, events: list[Event]) -> None:
        if self._outgoing is not None:
            events, self._happened = self._happened, []
        scope.take(events)
        if scope.replies:
            self._last_reply = scope.replies[-1]

    def _send(self, sent: tuple[Sent, ...], scope: Scope) -> None:
        first = sent[0]
        if isinstance(first, Send):
            octets = first.octets if len(sent) == 1 else "".join(one.octets for one in sent if isinstance(one, Send))
            self._take(scope, self.server.receive(octets))
        elif isinstance(first, SendMessage):
            self._send_message(first, scope)
        elif isinstance(first, Leave):
            self._leave(first, scope)

    def _leave(self, node: Leave, scope: Scope) -> None:
        server = self.server
        if not node.silent:
            self._take(scope, server.end_of_input())
            return
        patience = server.patience
        if not patience:
            scope.fault = "the server waits for ever"
            return
        self.world.clock.wait(patience)
        self._take(scope, server.time_out())

    def _send_message(self, node: SendMessage, scope: Scope) -> None:
        try:
            lines = message_lines(node, self.folder)
        except OSError as error:
            scope.fault = f"{node.file}: {error.strerror or error}"
            return
        if node.chunk is None:
            if not self._last_reply.startswith("354"):
                last = self._last_reply.partition("\r\n")[0]
                scope.fault = f"{_NO_DATA}: its last reply was {last}" if last else _NO_DATA
                return
            self._take(scope, self.server.receive(dotted(lines)))
            return
        for octets in chunks(lines, node.chunk):
            if self.server.open:
                self._take(scope, self.server.receive(octets))


def message_lines(node: SendMessage, folder: str) -> str:
    """The message of *node* with CRLF as line end, the last line too. Raises `OSError`."""
    text = node.text
    if node.file:
        path = os.path.join(folder, node.file)
        if "\0" in path:
            raise OSError(errno.EINVAL, "no file has an octet 0 in its name")
        if os.path.getsize(path.encode("latin-1")) > _LARGEST_MESSAGE:
            raise OSError(errno.EFBIG, "the message is too large")
        text = read_octets(path)
    text = text.replace("\r\n", "\n")
    if text and not text.endswith("\n"):
        text += "\n"
    return text.replace("\n", "\r\n")


def dotted(lines: str) -> str:
    """A message as DATA sends it: dots at the start of lines doubled, a dot at the end."""
    front = "." if lines.startswith(".") else ""
    return f"{front}{lines}".replace("\n.", "\n..") + ".\r\n"


def chunks(octets: str, size: int) -> Iterator[str]:
    """A message as BDAT sends it, in pieces of *size* octets, 0 for one piece."""
    size = size or max(1, len(octets))
    for start in range(0, max(1, len(octets)), size):
        piece = octets[start : start + size]
        last = " LAST" if start + size >= len(octets) else ""
        yield f"BDAT {len(piece)}{last}\r\n{piece}"
