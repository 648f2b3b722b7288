"""``mysql``: SQL statements for MySQL and MariaDB servers, through PyMySQL. Spec: 9.13.3."""

from __future__ import annotations

import os
from functools import lru_cache, partial
from socket import socket
from typing import Any, NamedTuple, TypeAlias

from eximconf.lookup.columns import row_text
from eximconf.lookup.connections import Connections, databases_of, driver
from eximconf.lookup.model import Answer, Backend, Finder, LookupAnswer, Question, Style
from eximconf.lookup.mysql_result import LONGEST_QUERY, Nonsense, Result, ResultReader, SqlError
from eximconf.lookup.servers import Servers, finder, host_and_port, in_brackets, server_data, without_slash
from eximconf.lookup.stream import Ended, Stream
from eximconf.runtime.machine import strtol
from eximconf.runtime.outcome import Deferred

_SERVERS = Servers("MySQL", "mysql_servers")
_GROUP = "exim"
_PORT = 3306
_SOCKETS = ("/run/mysqld/mysqld.sock", "/var/lib/mysql/mysql.sock", "/tmp/mysql.sock")
_OPTION_FILES = ("~/.my.cnf", "/etc/mysql/my.cnf", "/etc/my.cnf")
_GONE_AWAY, _LOST, _CANNOT_CONNECT = 2006, 2013, 2003
_LOST_IN_QUERY = "Lost connection to server during query"
_TOO_BIG = "Got packet bigger than 'max_allowed_packet' bytes"
_IN_PROGRESS = 115
"""What Exim's library gives as the number of the error for any host that does not take its connection."""


class _Server(NamedTuple):
    """*host* is "" for a socket, whose path *socket* is then ("": the usual one). *shown*: without the password."""

    host: str
    port: int
    socket: str
    group: str
    shown: str
    database: str
    user: str
    password: str


@lru_cache(maxsize=64)
def _server(text: str) -> _Server:
    data = server_data("MySQL", text, 3)
    host, group = in_brackets(data.host, "[", "]")
    host, socket = in_brackets(host, "(", ")")
    host, port = host_and_port(host)
    without_slash("MySQL", host)
    local = host in ("", "localhost")
    return _Server(
        "" if local else host, strtol(port)[0] or _PORT, socket or "" if local else "",
        _GROUP if group is None else group, data.shown, *data.items,
    )  # fmt: skip


class _MysqlConnection:
    """A connection made by PyMySQL."""

    __slots__ = ("_connection", "_reader", "_stream")

    def __init__(self, server: _Server, seconds: float) -> None:
        import pymysql

        where: dict[str, Any] = {"host": server.host, "port": server.port}
        if not server.host:
            where = {"unix_socket": server.socket or next(filter(os.path.exists, _SOCKETS), _SOCKETS[0])}
        options = _option_file(server.group)
        if options:
            where |= {"read_default_file": options, "read_default_group": server.group}
        try:
            self._connection: Any = pymysql.connect(
                **where, user=server.user, password=server.password.encode("latin-1"), database=server.database or None,
                charset="utf8mb4", use_unicode=False, conv={}, autocommit=None, connect_timeout=max(1, int(seconds)),
                read_timeout=seconds, write_timeout=seconds,
            )  # fmt: skip
        except Exception as error:  # the package raises anything when what it reads is not of the protocol
            raise Deferred(f"MYSQL connection failed: {_connection_fault(error, server)}") from None
        self._stream = Stream(_socket_of(self._connection), seconds)
        self._reader = ResultReader(self._stream)

    def ask(self, query: bytes) -> str | Result:
        """Raises `SqlError`, and others for a connection that is of no use any more."""
        return self._reader.ask(query)

    def is_stale(self) -> bool:
        return self._stream.is_stale()

    def close(self) -> None:
        self._connection._force_close()


def _socket_of(connection: Any) -> socket:
    """What the package keeps for itself: a socket, or one with TLS."""
    found: socket = connection._sock
    return found


def _option_file(group: str) -> str:
    """The file of options of MySQL's own that has *group*; "" if none has."""
    own = os.environ.get("MYSQL_HOME")
    for path in ([f"{own}/my.cnf"] if own else []) + [os.path.expanduser(name) for name in _OPTION_FILES]:
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                if any(line.strip() == f"[{group}]" for line in file):
                    return path
        except OSError:
            continue
    return ""


_Connections: TypeAlias = Connections[_Server, _MysqlConnection]


def _open(question: Question) -> Finder:
    databases_of(question)
    driver("mysql", "pymysql", "PyMySQL")
    connections: _Connections = Connections(
        question, lambda server: _MysqlConnection(server, databases_of(question).timeout)
    )
    return finder(_SERVERS, question, partial(_ask, connections))


def _ask(connections: _Connections, text: str, query: str) -> Answer:
    server = _server(text)
    kept = connections.to(server)
    octets = query.encode("latin-1")
    if len(octets) > LONGEST_QUERY:
        raise Deferred(f"MYSQL: query failed: {_TOO_BIG}\n")
    try:
        return _answer(kept.ask(octets))
    except SqlError as error:
        if kept.is_stale():
            connections.drop(server)
        raise Deferred(f"MYSQL: query failed: {error.text}\n") from None
    except (OSError, Ended, Nonsense):
        connections.drop(server)
        raise Deferred(f"MYSQL: query failed: {_LOST_IN_QUERY}\n") from None


def _answer(result: str | Result) -> Answer:
    """The text of *result*. A single column that is NULL gives nothing, not even an empty text."""
    if isinstance(result, str):
        return result.partition("\0")[0]
    names, rows, affected = result
    if not names:
        return LookupAnswer(str(affected), 0)
    text: str | None = None
    for row in rows:
        if text is not None:
            text += "\n"
        if len(row) != 1:
            text = (text or "") + row_text(names, [value or "" for value in row])
        elif row[0] is not None:
            text = (text or "") + row[0]
    return None if text is None else text.partition("\0")[0]


def _connection_fault(error: Exception, server: _Server) -> str:
    """*error* in the words of Exim's library, where they are the client's own."""
    code, message = _fault(error)
    cause = getattr(error, "original_exception", error)
    if code != _CANNOT_CONNECT and not isinstance(error, OSError):
        return message
    if isinstance(cause, TimeoutError):
        return f"Can't connect to server on '{server.host or 'localhost'}' (110)"
    number = getattr(cause, "errno", None) or 0
    if not server.host:
        return f"Can't connect to local server through socket '{server.socket or _SOCKETS[0]}' ({number})"
    if number < 0:
        return f"Unknown server host '{server.host}' ({number})"
    return f"Can't connect to server on '{server.host}' ({_IN_PROGRESS})"


def _fault(error: Exception) -> tuple[int, str]:
    """Number and text of an error of the server; numbers of 2000 and more are those of the client."""
    code, message = error.args if len(error.args) == 2 else (0, str(error))
    if not isinstance(code, int) or isinstance(error, OSError):
        return _LOST, _LOST_IN_QUERY
    if code == _GONE_AWAY:
        return code, "Server has gone away"
    if code == _LOST or code == 0:
        return _LOST, _LOST_IN_QUERY
    return code, str(message).encode("utf-8", "replace").decode("latin-1")


BACKENDS = {"mysql": Backend(_open, Style.QUERY)}
