"""The configurations that sessions are played against, each read and compiled once in a process."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from eximconf.catalog.model import NEWEST
from eximconf.config.link import Settled
from eximconf.config.load import load
from eximconf.config.model import Configuration, StartError
from eximconf.replay.listening import ListeningEngine
from eximconf.replay.secrets import Redactor
from eximconf.route.verifier import RoutingVerifier
from eximconf.source.records import record

_LISTS_MAX = 4096


@record
class Loaded:
    """A configuration ready to be used."""

    configuration: Configuration
    engine: ListeningEngine
    redactor: Redactor
    routing: RoutingVerifier

    @property
    def stop(self) -> StartError | None:
        """Why Exim would not start, whatever machine it is on; None if it would."""
        return next((error for error in self.configuration.errors if not error.machine), None)


@dataclass(slots=True)
class Configurations:
    """*file*: the one that comes before what sessions say, "" for none; *define* likewise are macros. *found* is told of
    each configuration before it is used. *without*: features that the Exim is built without."""

    file: str = ""
    define: Mapping[str, str] = field(default_factory=dict)
    found: Callable[[Configuration], None] | None = None
    without: frozenset[str] = frozenset()
    _loaded: dict[tuple[str, tuple[tuple[str, str], ...], str], Loaded] = field(default_factory=dict)

    def path(self, values: Mapping[str, object], folder: str) -> str:
        """The file of a session's configuration, "" if nothing says which."""
        if self.file:
            return self.file
        named = str(values.get("config", ""))
        return os.path.normpath(os.path.join(folder, named)) if named else ""

    def find(self, path: str, values: Mapping[str, object]) -> Loaded:
        """The configuration in *path* with the macros and for the version that a session says. Raises `OSError`."""
        own = values.get("define")
        macros = {**(own if isinstance(own, dict) else {}), **self.define}
        target = str(values.get("target", NEWEST))
        key = (path, tuple(sorted(macros.items())), target)
        loaded = self._loaded.get(key)
        if loaded is None:
            configuration = load(path, Settled(target=target, without=self.without, list_max=_LISTS_MAX), macros)
            loaded = self._loaded[key] = Loaded(
                configuration, ListeningEngine(configuration), Redactor.of(configuration), RoutingVerifier(configuration)
            )
            if self.found is not None:
                self.found(configuration)
        return loaded
