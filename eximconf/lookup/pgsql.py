"""``pgsql``: SQL statements for PostgreSQL servers, through libpq as psycopg has it. Spec: 9.13.4."""

from __future__ import annotations

import select
from functools import lru_cache, partial
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from eximconf.lookup.columns import row_text
from eximconf.lookup.connections import FRESH, Connections, databases_of, driver
from eximconf.lookup.model import Answer, Backend, Finder, LookupAnswer, Question, Style
from eximconf.lookup.servers import GivenUp, Servers, finder, host_and_port, server_data, without_slash
from eximconf.runtime.outcome import Deferred

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

_SERVERS = Servers("PostgreSQL", "pgsql_servers")
# Numbers of libpq: kinds of results (`psycopg.pq.ExecStatus`), the state of a connection that works.
_NO_ROWS = (0, 1)
_ROWS, _COPIES = 2, (3, 4, 8)
_FATAL_ERROR = 7
_CONNECTED = 0


class _Server(NamedTuple):
    """*host*: a name, an address, or the folder of a socket. *shown*: without the password."""

    host: str
    port: str
    shown: str
    database: str
    user: str
    password: str


@lru_cache(maxsize=64)
def _server(text: str) -> _Server:
    data = server_data("pgSQL", text, 3)
    if data.host.startswith("("):
        path = data.host[1:].partition(")")[0]
        folder, slash, _ = path.rpartition("/")
        _, dot, port = path.rpartition(".")
        if not slash or not dot:
            raise GivenUp(f"PGSQL invalid filename for socket: {path}")
        return _Server(folder, port, data.shown, *data.items)
    host, port = host_and_port(data.host)
    return _Server(without_slash("pgSQL", host), port, data.shown, *data.items)


class _PgsqlConnection:
    """A connection of libpq that waits no longer than *seconds* for anything."""

    __slots__ = ("_asked", "_connection", "_input", "_milliseconds", "_seconds")

    def __init__(self, server: _Server, seconds: float) -> None:
        from psycopg import OperationalError, pq

        self._seconds = seconds
        self._milliseconds = int(seconds * 1000)
        self._asked = monotonic()
        end = self._asked + seconds
        self._connection: PGconn = pq.PGconn.connect_start(_conninfo(server))
        waits: dict[int, int] = {
            pq.PollingStatus.READING: select.POLLIN,
            pq.PollingStatus.WRITING: select.POLLOUT,
        }
        status: int = pq.PollingStatus.WRITING
        try:
            while self._connection.status != pq.ConnStatus.BAD and status in waits:
                self._wait(waits[status], end)
                status = self._connection.connect_poll()
        except (OperationalError, TimeoutError) as error:
            self.close()
            reason = "timeout expired\n" if isinstance(error, TimeoutError) else f"{error}\n"
            raise Deferred(f"PGSQL connection failed: {reason}") from None
        if status != pq.PollingStatus.OK:
            reason = _octets(self._connection.error_message)
            self.close()
            raise Deferred(f"PGSQL connection failed: {reason}")
        self._connection.nonblocking = 1
        self._input = select.poll()
        self._input.register(self._connection.socket, select.POLLIN)

    def ask(self, query: bytes) -> PGresult | None:
        """The result of the last statement of *query*, or of the one that fails. Raises `TimeoutError`,
        `psycopg.Error`."""
        connection, self._asked, last = self._connection, monotonic(), None
        connection.send_query(query)
        while connection.flush():
            self._wait(select.POLLOUT | select.POLLIN, self._asked + self._seconds)
            connection.consume_input()
        self._receive(self._milliseconds)
        while True:
            while connection.is_busy():
                self._receive((self._asked + self._seconds - monotonic()) * 1000)
            result = connection.get_result()
            if result is None or result.status in _COPIES:
                return result or last
            last = result

    def _receive(self, milliseconds: float) -> None:
        if milliseconds < 0 or not self._input.poll(milliseconds):
            raise TimeoutError
        self._connection.consume_input()

    def _wait(self, event: int, end: float) -> None:
        poll = select.poll()
        poll.register(self._connection.socket, event)
        if not poll.poll(max(0.0, end - monotonic()) * 1000):
            raise TimeoutError

    def error(self) -> str:
        return _octets(self._connection.error_message)

    def is_stale(self) -> bool:
        if self._connection.status != _CONNECTED:
            return True
        return monotonic() - self._asked > FRESH and bool(self._input.poll(0))

    def close(self) -> None:
        self._connection.finish()


def _conninfo(server: _Server) -> bytes:
    items = {
        "host": server.host, "port": server.port, "dbname": server.database, "user": server.user,
        "password": server.password, "client_encoding": "SQL_ASCII",
    }  # fmt: skip
    return " ".join(f"{name}={_quoted(value)}" for name, value in items.items() if value).encode("latin-1")


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


_Connections: TypeAlias = Connections[_Server, _PgsqlConnection]


def _open(question: Question) -> Finder:
    databases_of(question)
    driver("pgsql", "psycopg", "psycopg")
    connections: _Connections = Connections(
        question, lambda server: _PgsqlConnection(server, databases_of(question).timeout)
    )
    return finder(_SERVERS, question, partial(_ask, connections))


def _ask(connections: _Connections, text: str, query: str) -> Answer:
    server = _server(text)
    kept = connections.to(server)
    try:
        result = kept.ask(query.encode("latin-1"))
    except TimeoutError:
        connections.drop(server)
        raise Deferred(f"PGSQL: query failed: timeout expired\n (PGRES_FATAL_ERROR) ({query})\n") from None
    except driver("pgsql", "psycopg", "psycopg").Error:
        message = kept.error()
        connections.drop(server)
        raise Deferred(f"PGSQL: query failed: {message} (PGRES_FATAL_ERROR) ({query})\n") from None
    if result is not None:
        if result.status == _ROWS:
            return _rows(result)
        if result.status in _NO_ROWS:
            rows = result.command_tuples
            return LookupAnswer(None if rows is None else str(rows), 0)
    message = kept.error() if result is None else _octets(result.error_message)
    status = _FATAL_ERROR if result is None else result.status
    if result is None or kept.is_stale() or status in _COPIES:
        connections.drop(server)
    raise Deferred(f"PGSQL: query failed: {message} (PGRES_{_status_name(status)}) ({query})\n")


def _status_name(status: int) -> str:
    from psycopg.pq import ExecStatus

    return ExecStatus(status).name


def _rows(result: PGresult) -> Answer:
    rows = result.ntuples
    if not rows:
        return None
    if rows == 1 and result.nfields == 1:
        return _octets(result.get_value(0, 0))
    if result.nfields == 1:
        return "\n".join([_octets(result.get_value(row, 0)) for row in range(rows)])
    names = [_octets(result.fname(column)) for column in range(result.nfields)]
    texts = (
        row_text(names, [_octets(result.get_value(row, column)) for column in range(result.nfields)])
        for row in range(rows)
    )
    return "\n".join(texts)


def _octets(octets: bytes | None) -> str:
    return octets.decode("latin-1") if octets else ""


BACKENDS = {"pgsql": Backend(_open, Style.QUERY)}
