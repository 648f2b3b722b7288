"""``redis``: commands to Redis servers. Spec: 9.13.6.

What comes back is made a text: integers are ``true`` or ``false``, arrays lines. A server of a cluster that
says ``MOVED`` makes the next one of the list be asked.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache, partial
from socket import gaierror
from typing import Any, NamedTuple, TypeAlias

from eximconf.lookup.connections import Connections, databases_of, driver
from eximconf.lookup.model import Answer, Backend, Finder, LookupAnswer, Question, Style
from eximconf.lookup.redis_reply import MOST_WORDS, Refusal, Reply, ReplyReader, Rubbish, Status, packed
from eximconf.lookup.servers import GivenUp, Servers, finder, in_brackets, server_data, without_slash
from eximconf.lookup.stream import Ended, Stream
from eximconf.runtime.machine import SPACES, int32, strtol
from eximconf.runtime.outcome import Deferred

_SERVERS = Servers("Redis", "redis_servers")
_PORT = 6379


class _Lost(Exception):
    """The connection is of no use any more: why, and how many answers came before that."""


class _Server(NamedTuple):
    """*host* and *port*, or *socket*. *before*: the commands that go before each of ours, *packed* as they are sent."""

    host: str
    port: int
    socket: str | None
    shown: str
    before: tuple[tuple[bytes, bytes], ...]
    packed: bytes


@lru_cache(maxsize=64)
def _server(text: str) -> _Server:
    data = server_data("Redis", text, 2)
    host, socket = in_brackets(data.host, "(", ")")
    host, _, port = host.partition(":") if socket is None else ("", "", "")
    without_slash("Redis", host)
    database, password = data.items
    before = [
        (name, word.encode("latin-1"))
        for name, word in ((b"AUTH", password), (b"SELECT", database))
        if word
    ]
    number = strtol(port)[0] if port else _PORT
    return _Server(host, number, socket, data.shown, tuple(before), b"".join(map(packed, before)))


class _RedisConnection:
    """A connection made by the package redis, without any commands of its own."""

    __slots__ = ("_connection", "_reader", "_stream")

    def __init__(self, server: _Server, seconds: float) -> None:
        module = driver("redis", "redis", "redis")
        options: dict[str, Any] = {"socket_timeout": seconds, "redis_connect_func": _no_greeting}
        if server.socket is not None:
            self._connection = module.UnixDomainSocketConnection(path=server.socket, **options)
        else:
            options["socket_connect_timeout"] = seconds
            self._connection = module.Connection(host=server.host, port=server.port, **options)
        try:
            self._connection.connect()
        except (module.RedisError, OSError) as error:
            self.close()
            raise _Lost(_reason(error), 0) from None
        self._stream = Stream(self._connection._sock, seconds)
        self._reader = ReplyReader(self._stream)

    def exchange(self, commands: bytes, before: int) -> Reply:
        """The answer to the last of *commands*, which are sent at once; *before*: how many stand before it. Raises
        `_Lost`."""
        answered = 0
        try:
            self._stream.ask(commands)
            while answered < before:
                self._reader.read()
                answered += 1
            return self._reader.read()
        except (OSError, Ended, Rubbish) as error:
            raise _Lost(_reason(error), answered) from None

    def is_stale(self) -> bool:
        return self._stream.is_stale()

    def close(self) -> None:
        self._connection.disconnect()


_Connections: TypeAlias = Connections[_Server, _RedisConnection]


def _no_greeting(_connection: object) -> None:
    """What is sent when a connection has been made."""


def _open(question: Question) -> Finder:
    databases_of(question)
    driver("redis", "redis", "redis")
    connections: _Connections = Connections(
        question, lambda server: _RedisConnection(server, databases_of(question).timeout)
    )
    return finder(_SERVERS, question, partial(_ask, connections))


def _ask(connections: _Connections, text: str, query: str) -> Answer:
    server = _server(text)
    words = _words(query)
    if not words and not server.before:
        return None
    try:
        kept = connections.to(server)
        if not words:
            kept.exchange(server.packed, len(server.before) - 1)
            return None
        reply = kept.exchange(server.packed + packed(words), len(server.before))
    except _Lost as error:
        connections.drop(server)
        reason, answered = error.args
        raise Deferred(_failure((*server.before, words)[answered], reason)) from None
    return _answer(reply)


def _failure(command: Sequence[bytes], reason: str) -> str:
    match tuple(command):
        case (b"AUTH", _):
            return f"REDIS Authentication failed: {reason}\n"
        case (b"SELECT", database):
            return f"REDIS: Selecting database={database.decode('latin-1')} failed: {reason}\n"
        case _:
            return f"REDIS: query failed: {reason}\n"


def _words(query: str) -> Sequence[bytes]:
    """The words of a command; a backslash makes the next character part of a word. No more than 32 are taken."""
    if "\\" not in query:
        return query.encode("latin-1").split()[:MOST_WORDS]
    words: list[str] = []
    at, end = 0, len(query)
    while len(words) < MOST_WORDS:
        while at < end and query[at] in SPACES:
            at += 1
        if at == end:
            break
        word = ""
        while at < end and query[at] not in SPACES:
            if query[at] == "\\":
                at += 1
            word += query[at : at + 1]
            at += 1
        words.append(word)
    return [word.encode("latin-1") for word in words]


def _answer(reply: Reply) -> Answer:
    """The text of *reply*; an empty text or array is nothing, the reply for nothing an empty text."""
    if type(reply) is bytes:
        return reply.partition(b"\0")[0].decode("latin-1") if reply else None
    if reply is None:
        return LookupAnswer("", 0)
    if isinstance(reply, Refusal):
        failure = Deferred if reply.text.startswith("MOVED") else GivenUp
        raise failure(f"REDIS: lookup result failed: {reply.text}\n")
    if isinstance(reply, int):
        return "true" if reply else "false"
    text = _octets(reply) if isinstance(reply, Status) else _lines(reply)
    return text.partition("\0")[0] if text else None


def _lines(entries: Sequence[Reply]) -> str:
    """A line for each of *entries*. One that is an array itself has lines as well, arrays in it give nothing."""
    result = ""
    for entry in entries:
        if result:
            result += "\n"
        if isinstance(entry, list):
            for inner in entry:
                if result:
                    result += "\n"
                result += _element(inner)
        else:
            result += _element(entry)
    return result


def _element(entry: Reply) -> str:
    match entry:
        case int():
            return str(int32(entry))
        case bytes() if not isinstance(entry, Status):
            return _octets(entry)
        case _:
            return ""


def _octets(text: bytes) -> str:
    return text.decode("latin-1")


def _reason(error: BaseException) -> str:
    """The words of the operating system for *error*, or those of Exim's library."""
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case Ended():
                return "Server closed the connection"
            case Rubbish():
                return str(cause)
            case TimeoutError():
                return "Connection timed out"
            case gaierror() if cause.strerror:
                return cause.strerror
            case OSError() if cause.strerror:
                return os.strerror(cause.errno) if cause.errno else cause.strerror
        cause = cause.__cause__ or cause.__context__
    return "Connection timed out" if "imeout" in type(error).__name__ else str(error)


BACKENDS = {"redis": Backend(_open, Style.QUERY)}
