"""All that a session knows of the world, and the services that it makes of it for each connection."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from eximconf.replay.front_matter.toml import Values
from eximconf.replay.reading import merged
from eximconf.replay.world import calls, dns, lookups
from eximconf.replay.world.accounts import RecordedMachine, RecordedUsers
from eximconf.replay.world.answers import SessionCallouts, SessionScanners, SessionVerifier
from eximconf.replay.world.clock import RecordedClock, StandingClock, duration, moment
from eximconf.replay.world.deliveries import RecordedDeliveries
from eximconf.replay.world.files import RecordedFiles
from eximconf.replay.world.ledger import Ledger
from eximconf.route.verifier import OmittedCallouts, RoutingVerifier
from eximconf.runtime.acl_answers import HintRecord
from eximconf.runtime.entropy import DEFAULT_SEED, SeededEntropy
from eximconf.runtime.hints import open_hints
from eximconf.runtime.services import Hints, Services
from eximconf.source.records import record

HOSTNAME = "mail.example"
_LOOPBACK = ("127.0.0.1", "::1")
_NONE: Values = {}


@record
class Live:
    """What answers where nothing is recorded. *recorder*: is told of the answers of look-ups."""

    services: Services
    recorder: lookups.Recorder | None = None


_NOT_LIVE = Live(Services())


@dataclass(slots=True)
class World:
    """One session's. *folder*: of its file; *folders*: those that may be read as they are. *routing*: the routers of
    the configuration."""

    folder: str
    folders: tuple[str, ...]
    routing: RoutingVerifier
    first: Values = field(default_factory=dict)
    live: Live | None = None
    ledger: Ledger = field(default_factory=Ledger)
    clock: RecordedClock = field(default_factory=RecordedClock)
    machine: RecordedMachine = field(default_factory=RecordedMachine)
    datagrams: calls.NotedDatagrams = field(default_factory=calls.NotedDatagrams)
    events: calls.NotedEvents = field(default_factory=calls.NotedEvents)
    deliveries: RecordedDeliveries = field(init=False)
    variables: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    _known: Values = field(default_factory=dict)
    _hints: Hints = field(init=False)
    _dns: dns.SessionDns = field(init=False)
    _files: RecordedFiles = field(init=False)
    _lookups: lookups.RecordedLookups = field(init=False)
    _processes: calls.RecordedProcesses = field(init=False)
    _sockets: calls.RecordedSockets = field(init=False)
    _perl: calls.RecordedPerl = field(init=False)
    _users: RecordedUsers = field(init=False)
    _scanners: SessionScanners = field(init=False)
    _verifier: SessionVerifier = field(init=False)
    _callouts: SessionCallouts = field(init=False)
    _entropy: SeededEntropy = field(init=False)

    def __post_init__(self) -> None:
        ledger, live = self.ledger, self.live or _NOT_LIVE
        asked, recorder = live.services, live.recorder
        self._hints = open_hints(_hints_file(self.first.get("hints", ""), self.folder))
        self._dns = dns.SessionDns(self.folder, self.clock, ledger, asked.dns)
        self._files = RecordedFiles(self.folders, self.folder, ledger, asked.files)
        self._lookups = lookups.RecordedLookups(ledger, self.live is not None, recorder)
        self._processes = calls.RecordedProcesses(ledger, asked.processes)
        self._sockets = calls.RecordedSockets(ledger, asked.sockets)
        self._perl = calls.RecordedPerl(ledger, asked.perl)
        self._users = RecordedUsers(ledger, asked.users)
        self._scanners = SessionScanners(ledger, asked.scanners, outside=self.live is not None)
        self._verifier = SessionVerifier(ledger, self.routing)
        self._callouts = SessionCallouts(ledger, asked.remotes)
        self.deliveries = RecordedDeliveries(ledger, self.folder)
        self._entropy = SeededEntropy(self.first.get("seed", DEFAULT_SEED))

    def name_client(self, address: str, rdns: Any) -> None:
        """Take what is said of the names of the client that connects."""
        if address:
            self._dns.name_client(address, rdns)

    def change(self, values: Mapping[str, Any]) -> None:
        """Take the values of a block: from here on they are known, too. Raises `OSError` for a zone that is not there."""
        self._known = known = merged(self._known, dict(values))
        if "clock" in values:
            self.clock.time = _time(values["clock"], self.clock.time)
        if "dns" in values:
            self._dns.record(values["dns"])
        self._dns.record_zones(values.get("zones", _NONE))
        self._files.record(values.get("files", _NONE))
        self._lookups.record(known.get("lookup", _NONE))
        self._processes.record(known.get("run", _NONE))
        self._sockets.record(known.get("readsocket", _NONE))
        self._perl.record(known.get("perl", _NONE))
        self._users.record(known.get("users", _NONE), known.get("groups", _NONE))
        self._scanners.record(known.get("scanners", _NONE))
        self._verifier.record(known.get("verify", _NONE))
        self._callouts.record(known.get("callouts", _NONE), known.get("remotes", _NONE))
        if "deliver" in known:
            self.deliveries.record(known["deliver"])
        self.variables.update(values.get("variables", _NONE))
        self.environment.update(values.get("env", _NONE))
        self._remember(values)
        self.machine.load = float(values.get("load", self.machine.load))
        space = values.get("space", _NONE)
        self.machine.kilobytes = space.get("kilobytes", self.machine.kilobytes)
        self.machine.inodes = space.get("inodes", self.machine.inodes)

    def _remember(self, values: Mapping[str, Any]) -> None:
        """Keep what ratelimit and seen know from before."""
        for key, rate in values.get("ratelimit", _NONE).items():
            time = self.clock.time - duration(rate["age"])
            self._hints.put("ratelimit", key, HintRecord(time, float(rate["rate"])))
        for key, age in values.get("seen", _NONE).items():
            self._hints.put("seen", key, HintRecord(self.clock.time - duration(age)))

    def services(self, *, tested: bool) -> Services:
        """Services for one connection. *tested*: as under ``exim -bh``, where delays take no time and no callouts are
        made."""
        return Services(
            clock=StandingClock(self.clock) if tested else self.clock, files=self._files, processes=self._processes,
            sockets=self._sockets, users=self._users, dns=self._dns, lookups=self._lookups, hints=self._hints,
            databases=(self.live or _NOT_LIVE).services.databases,
            scanners=self._scanners, verifier=self._verifier, expander=self.routing,
            callouts=OmittedCallouts() if tested else self._callouts, remotes=self._callouts, datagrams=self.datagrams, perl=self._perl,
            events=self.events, entropy=self._entropy, machine=self.machine, environment=self.environment,
            hostname=self.first.get("hostname", HOSTNAME), interfaces=tuple(self.first.get("interfaces", _LOOPBACK)),
            timezone=self.first.get("timezone", "UTC"), suffixes=self.first.get("suffixes", False),
        )  # fmt: skip


def _hints_file(where: str, folder: str) -> str:
    """Where records are kept: a file is relative to the session."""
    return where if not where or "://" in where else os.path.join(folder, where)


def _time(value: object, before: float) -> float:
    found = moment(value)
    return before if found is None else found
