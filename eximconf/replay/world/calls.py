"""Commands, sockets, Perl functions that a session has recorded; packets and events that it takes note of."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from eximconf.deliver.event_action import Action, EventActions
from eximconf.replay.world.ledger import Ledger, header, toml_string
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Deferred
from eximconf.runtime.services import Perl, Processes, RunAs, Sockets

_NOT_FOUND = 127


class RecordedProcesses:
    """A `Processes` service; a command is known by its words, quoted as for a shell where they must be."""

    def __init__(self, ledger: Ledger, live: Processes | None = None) -> None:
        self._commands: Mapping[str, Any] = {}
        self._ledger = ledger
        self._live = live

    def record(self, commands: Mapping[str, Any]) -> None:
        self._commands = commands

    def run(self, argv: Sequence[str], how: RunAs | None = None) -> tuple[str, int]:
        command = shlex.join(argv)
        found = self._commands.get(command)
        if found is not None:
            self._ledger.use("command", command)
            return (
                (found, 0) if isinstance(found, str) else (found.get("output", ""), found.get("status", 0))
            )
        if self._live is not None:
            return self._live.run(argv, how)
        key = toml_string(command)
        self._ledger.miss(
            f"the command {command} is not recorded",
            "run",
            f'{key} = "..."',
            f'{key} = {{ output = "...", status = 1 }}',
        )
        return "", _NOT_FOUND


class RecordedSockets:
    """A `Sockets` service."""

    def __init__(self, ledger: Ledger, live: Sockets | None = None) -> None:
        self._answers: Mapping[str, Any] = {}
        self._ledger = ledger
        self._live = live

    def record(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers

    def exchange(self, spec: str, request: str, timeout: float, options: Mapping[str, str]) -> str:
        found = self._find(spec, request)
        if found is None and self._live is not None:
            return self._live.exchange(spec, request, timeout, options)
        return self._given(spec, request, found)

    def datagram(self, spec: str, request: str, timeout: float) -> str:
        found = self._find(spec, request)
        if found is None and self._live is not None:
            return self._live.datagram(spec, request, timeout)
        try:
            return self._given(spec, request, found)
        except Deferred as failure:
            raise OSError(failure.message) from None

    def _find(self, spec: str, request: str) -> Any:
        found = self._answers.get(spec)
        if isinstance(found, dict) and not _fails(found):
            found = found.get(request)
        return found

    def _given(self, spec: str, request: str, found: Any) -> str:
        if isinstance(found, str):
            self._ledger.use("socket", spec)
            return found
        if found is not None:
            self._ledger.use("socket", spec)
            raise Deferred(found["fail"])
        key = toml_string(request)
        self._ledger.miss(
            f"the answer of the socket {spec} to {key} is not recorded", header("readsocket", spec)[1:-1],
            f'{key} = "..."', f'{key} = {{ fail = "..." }}',
        )  # fmt: skip
        raise Deferred("not recorded")


def _fails(value: Mapping[str, Any]) -> bool:
    return set(value) == {"fail"} and isinstance(value["fail"], str)


class RecordedPerl:
    """A `Perl` service; a call is known by the function and its arguments, like a command."""

    def __init__(self, ledger: Ledger, live: Perl | None = None) -> None:
        self._calls: Mapping[str, Any] = {}
        self._ledger = ledger
        self._live = live

    def record(self, calls: Mapping[str, Any]) -> None:
        self._calls = calls

    def call(self, function: str, arguments: Sequence[str]) -> str | None:
        key = shlex.join((function, *arguments))
        found = self._calls.get(key)
        if found is not None:
            self._ledger.use("Perl function", key)
            return found if isinstance(found, str) else None
        if self._live is not None:
            return self._live.call(function, arguments)
        shown = toml_string(key)
        self._ledger.miss(
            f"the Perl call {key} is not recorded", "perl", f'{shown} = "..."', f"{shown} = false"
        )
        return None


class Packet(NamedTuple):
    """A packet that ``udpsend`` sent."""

    address: str
    port: int
    data: str


class NotedDatagrams:
    """A `Datagrams` service that sends nothing: *sent* are the packets so far."""

    def __init__(self) -> None:
        self.sent: list[Packet] = []

    def send(self, address: str, port: int, data: str) -> int:
        self.sent.append(Packet(address, port, data))
        return len(data)


class Happened(NamedTuple):
    """An event: its name, its data, and what the action of the configuration gave, None for nothing."""

    name: str
    data: str
    given: str | None = None


class NotedEvents(EventActions):
    """An `Events` service that takes note, and does what the configuration says: *happened* are the events so far, as
    far as the Exim to be like knows them."""

    def __init__(self) -> None:
        super().__init__()
        self.happened: list[Happened] = []

    def run(self, ctx: Context, action: Action, event: str, data: str) -> str | None:
        if not action.known(event, ctx.target):
            return None
        place = len(self.happened)
        self.happened.append(Happened(event, data))
        given = super().run(ctx, action, event, data)
        self.happened[place] = Happened(event, data, given)
        return given
