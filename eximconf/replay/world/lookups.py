"""Answers of look-ups that a session has recorded. What would leave the machine is never asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from eximconf.lookup.model import CannotOpen
from eximconf.replay.world.ledger import Ledger, header, toml_string
from eximconf.runtime.lookup_answer import NOT_FOUND, LookupAnswer
from eximconf.runtime.outcome import Deferred
from eximconf.runtime.passwords import without_passwords

OVER_SERVICES = frozenset((
    "cdb", "dbm", "dbmjz", "dbmnz", "dnsdb", "dsearch", "iplsearch", "json", "lmdb", "lsearch", "nwildlsearch",
    "passwd", "psl", "readsock", "regdom", "spf", "sqlite", "testdb", "testdb2", "testdb_nq", "wildlsearch",
))  # fmt: skip
"""Types that ask other services of the run (files, the DNS, accounts), which are recorded themselves."""
_NOT_RECORDED = "not recorded"
_COMPARED, _MOST_COMPARED = 500, 200
"""Octets of a question, and how many of them, that are compared to find the nearest one."""


class Recorder(Protocol):
    def lookup(self, kind: str, source: str, key: str, answer: LookupAnswer, at: int) -> None:
        """Keep the answer of a live store, given in the step at offset *at*."""
        ...


class RecordedLookups:
    """A `Lookups` service. *live*: what is not recorded may be asked; *recorder* is told of the answers."""

    def __init__(self, ledger: Ledger, live: bool = False, recorder: Recorder | None = None) -> None:
        self._tables: Mapping[str, Mapping[str, Any]] = {}
        self._ledger = ledger
        self._live = live
        self._recorder = recorder

    def record(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        """Take a ``lookup`` table in place of the one before."""
        self._tables = tables

    def answer(self, kind: str, source: str, key: str, options: Sequence[str]) -> LookupAnswer | None:
        table = self._tables.get(kind)
        if table is not None:
            of_file = table.get(source) if source else None
            if isinstance(of_file, dict) and not _is_failure(of_file):
                self._ledger.use(f"{kind} look-up", key)
                return _answer(of_file[key]) if key in of_file else NOT_FOUND
            found = table.get(key)
            if found is None and not source:
                found = table.get(without_passwords(key))
            if found is not None:
                self._ledger.use(f"{kind} look-up", key)
                return _answer(found)
        if kind in OVER_SERVICES or self._live:
            return None
        shown = toml_string(without_passwords(key))
        self._ledger.miss(
            f"the {kind} look-up {shown} is not recorded{_nearest(key, table or {})}", header("lookup", kind)[1:-1], f'{shown} = "..."', f"{shown} = false"
        )
        raise Deferred(_NOT_RECORDED)

    def note(self, kind: str, source: str, key: str, options: Sequence[str], answer: LookupAnswer) -> None:
        if self._live and kind not in OVER_SERVICES:
            self._ledger.use(f"{kind} look-up", without_passwords(key))
        if self._recorder is not None and kind != "dnsdb":
            self._recorder.lookup(kind, source, key if source else without_passwords(key), answer, self._ledger.at)


def _nearest(key: str, table: Mapping[str, Any]) -> str:
    """Which recorded question is nearest to *key*, as the end of a message; "" if none is near."""
    from difflib import get_close_matches

    recorded = [one[:_COMPARED] for one, value in table.items() if not isinstance(value, dict) or _is_failure(value)]
    near = get_close_matches(without_passwords(key)[:_COMPARED], recorded[:_MOST_COMPARED], 1)
    return f"; the nearest that is: {toml_string(near[0])}" if near else ""


def _is_failure(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(name in ("defer", "fail") and isinstance(value[name], str) for name in value)


def _answer(value: Any) -> LookupAnswer:
    """Raises `Deferred` and `CannotOpen`."""
    if isinstance(value, str):
        return LookupAnswer(value)
    if not value:
        return NOT_FOUND
    if "fail" in value:
        raise CannotOpen(value["fail"])
    raise Deferred(value.get("defer", ""))
