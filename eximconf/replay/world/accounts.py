"""Accounts and the machine, as a session has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eximconf.replay.world.ledger import Ledger, toml_key
from eximconf.runtime.services import Users

_NOBODY = 65534


class RecordedUsers:
    """A `Users` service."""

    def __init__(self, ledger: Ledger, live: Users | None = None) -> None:
        self._users: Mapping[str, Any] = {}
        self._groups: Mapping[str, Any] = {}
        self._ledger = ledger
        self._live = live

    def record(self, users: Mapping[str, Any], groups: Mapping[str, Any]) -> None:
        self._users, self._groups = users, groups

    def passwd(self, name: str) -> tuple[str, str, int, int, str, str, str] | None:
        entry = self._users.get(name)
        if entry is not None:
            self._ledger.use("account", name)
            if not isinstance(entry, dict):
                return None
            uid = int(entry.get("uid", _NOBODY))
            return (
                name, "*", uid, int(entry.get("gid", uid)), str(entry.get("name", "")),
                str(entry.get("home", f"/home/{name}")), str(entry.get("shell", "/bin/sh")),
            )  # fmt: skip
        if self._live is not None:
            return self._live.passwd(name)
        key = toml_key(name)
        self._ledger.miss(
            f"the user {name} is not recorded", "users", f"{key} = {{ uid = 1000, gid = 1000 }}", f"{key} = false"
        )
        return None

    def group(self, name: str) -> int | None:
        number = self._groups.get(name)
        if number is not None:
            self._ledger.use("account", name)
            return number if number is not False else None
        if self._live is not None:
            return self._live.group(name)
        key = toml_key(name)
        self._ledger.miss(f"the group {name} is not recorded", "groups", f"{key} = 1000", f"{key} = false")
        return None


class RecordedMachine:
    """A `Machine` service: an idle one with room, unless the session says otherwise."""

    def __init__(self) -> None:
        self.load = 0.0
        self.kilobytes = self.inodes = 1_000_000_000

    def load_average(self) -> int:
        return int(self.load * 1000)

    def space(self, path: str) -> tuple[int, int]:
        return self.kilobytes, self.inodes
