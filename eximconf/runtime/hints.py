"""Where the records of ``ratelimit``, ``seen`` and callouts are kept: in memory, in an SQLite file, in Redis.

All are of the protocol `Hints`. A record is written as one text, so that any store can hold it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from eximconf.runtime.acl_answers import HintRecord

if TYPE_CHECKING:
    import sqlite3

    from eximconf.runtime.context import Context
    from eximconf.runtime.services import Hints

Result = TypeVar("Result")


def hints_of(ctx: Context) -> Hints:
    """The store of this run; a run that was given none remembers for itself."""
    if ctx.services.hints is not None:
        return ctx.services.hints
    kept = ctx.services.memory.setdefault(MemoryHints, MemoryHints())
    assert isinstance(kept, MemoryHints)
    return kept


class MemoryHints:
    """Records of one run."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], HintRecord] = {}

    def get(self, database: str, key: str) -> HintRecord | None:
        return self.records.get((database, str.__str__(key)))

    def put(self, database: str, key: str, record: HintRecord) -> None:
        self.records[database, str.__str__(key)] = record


class SqliteHints:
    """Records in the SQLite file *path*, which is made if it is not there. Several processes may use it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def get(self, database: str, key: str) -> HintRecord | None:
        row = self._do(
            lambda connection: connection.execute(
                "SELECT record FROM hints WHERE database = ? AND key = ?", (database, _octets(key))
            ).fetchone()
        )
        return None if row is None else read_record(str(row[0]))

    def put(self, database: str, key: str, record: HintRecord) -> None:
        values = (database, _octets(key), write_record(record))
        self._do(lambda connection: connection.execute("INSERT OR REPLACE INTO hints VALUES (?, ?, ?)", values))

    def _do(self, action: Callable[[sqlite3.Connection], Result]) -> Result:
        import sqlite3

        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._path, isolation_level=None)
                self._connection.execute(
                    "CREATE TABLE IF NOT EXISTS hints"
                    " (database TEXT, key BLOB, record TEXT, PRIMARY KEY (database, key))"
                )
            return action(self._connection)
        except sqlite3.Error as error:
            raise OSError(str(error)) from None


class RedisHints:
    """Records in a Redis server, at *url* (``redis://host:port/number``); their keys begin with *prefix*."""

    def __init__(self, url: str, prefix: str = "eximconf") -> None:
        self._url = url
        self._prefix = prefix
        self._client: Any = None

    def get(self, database: str, key: str) -> HintRecord | None:
        found = self._do(lambda client: client.get(self._key(database, key)))
        return None if found is None else read_record(found.decode("ascii"))

    def put(self, database: str, key: str, record: HintRecord) -> None:
        self._do(lambda client: client.set(self._key(database, key), write_record(record)))

    def _key(self, database: str, key: str) -> bytes:
        return f"{self._prefix}:{database}:".encode() + _octets(key)

    def _do(self, action: Callable[[Any], Any]) -> Any:
        import redis

        try:
            if self._client is None:
                self._client = redis.Redis.from_url(self._url)
            return action(self._client)
        except redis.RedisError:
            raise OSError("the Redis server cannot be used") from None  # its own words may hold the password


def open_hints(where: str) -> Hints:
    """The store that *where* names: "" for memory, ``redis://…``, else an SQLite file."""
    if not where:
        return MemoryHints()
    return RedisHints(where) if where.startswith(("redis://", "rediss://", "unix://")) else SqliteHints(where)


def write_record(record: HintRecord) -> str:
    """*record* as text; numbers lose nothing."""
    bits = "-" if record.filter is None else base64.b64encode(record.filter).decode("ascii")
    return f"{record.time!r} {record.rate!r} {record.epoch!r} {bits}"


def read_record(text: str) -> HintRecord:
    """The record that *text* holds. Raises `OSError` if it is none."""
    try:
        time, rate, epoch, bits = text.split(" ")
        kept = None if bits == "-" else base64.b64decode(bits, validate=True)
        return HintRecord(float(time), float(rate), float(epoch), kept)
    except ValueError:
        raise OSError("this is no record of a hints database") from None


def _octets(key: str) -> bytes:
    return key.encode("latin-1")
