"""The servers of PostgreSQL, MySQL and Redis that a query may go to, one after the other. Spec: 9.13.1, 9.13.2.

They stand in a main option, in the option ``servers=`` of the look-up type, or, as it was written before
4.94, in front of the query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from eximconf.lookup.model import Answer, Finder, Question
from eximconf.lookup.searches import Searches
from eximconf.runtime.list_text import SPACE, split
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Deferred
from eximconf.runtime.value import Tainted, taint_like, untaint

Ask: TypeAlias = Callable[[str, str], Answer]
"""Ask one server, given as it is written, a query. Raises `Deferred`, and `GivenUp`."""


class GivenUp(Deferred):
    """A server could not answer, and another would not do better."""


class Servers(NamedTuple):
    """How a type names its servers: *title* in messages, *option* is the main option that lists them."""

    title: str
    option: str


def finder(servers: Servers, question: Question, ask: Ask) -> Finder:
    """A `Finder` that goes through the servers of *question* until one answers."""

    own = next((word[8:] for word in question.options if word.startswith("servers=")), None)
    title, option = servers
    settings = question.ctx.settings

    def find(query: str) -> Answer:
        candidates: Iterable[str]
        if query.startswith("servers"):
            candidates, query = _in_query(servers, question, query)
        else:
            # Of the options of the type the first counts, or else all of the main option.
            items = settings.get(option) if own is None else own
            if items is None:
                raise Deferred(f"no {title} servers defined ({option} option)")
            usual = () if type(items) is Tainted else _complete_items(items)
            candidates = usual or _complete(servers, settings.get(option, ""), split(items)[0])
        failure: Deferred | None = None
        for server in candidates:
            try:
                return ask(server, query)
            except GivenUp:
                raise
            except Deferred as error:
                failure = error
        raise failure or Deferred(Searches.of(question.ctx.services).message)

    return find


@lru_cache(maxsize=64)
def _complete_items(trusted: str) -> Sequence[str]:
    """The items of the list *trusted*, none if one of them is just the name of a server."""
    items = split(trusted)[0]
    return items if all("/" in item for item in items) else ()


def _in_query(servers: Servers, question: Question, query: str) -> tuple[Iterator[str], str]:
    """The servers in front of *query*, and the rest of it."""
    if question.ctx.log is not None:
        question.ctx.log(LogLine("WARNING: obsolete syntax used for lookup"))
    rest = query[7:].lstrip(SPACE)
    if rest[:1] != "=":
        raise Deferred(f'missing = after "servers" in {servers.title} lookup')
    written, semicolon, asked = rest[1:].lstrip(SPACE).partition(";")
    if not semicolon:
        raise Deferred(f'missing ; after "servers=" in {servers.title} lookup')
    if not written:
        raise Deferred(f'"servers=" defines no servers in "{query}"')
    listed = question.ctx.settings.get(servers.option, "")
    return _complete(servers, listed, split(taint_like(written, query))[0]), taint_like(asked, query)


def _complete(servers: Servers, listed: str, items: Sequence[str]) -> Iterator[str]:
    """*items* with what is missing in those that are only the name of a server of the main option."""
    for item in items:
        server: str | None = item
        if "/" not in item:
            server = next((one for one in split(listed)[0] if one.startswith(item + "/")), None)
        if server is None:
            raise GivenUp(f'{servers.title} server "{item}" not found in {servers.option}')
        if type(server) is Tainted:
            raise GivenUp(f'{servers.title} server "{server.rpartition("/")[0]}" is tainted')
        yield untaint(server)


class ServerData(NamedTuple):
    """A server taken apart. *host*: what stands before the other items, with a port or a socket. *shown*: all
    of it but the password, by which a connection is known. *items*: the rest, the password last."""

    host: str
    shown: str
    items: tuple[str, ...]


def server_data(title: str, server: str, items: int) -> ServerData:
    """*server* with *items* items behind the host. Raises `GivenUp`."""
    parts = server.rsplit("/", items)
    if len(parts) <= items:
        raise GivenUp(f"incomplete {title} server data: {server.rpartition('/')[0] or server}")
    return ServerData(parts[0], server.rpartition("/")[0], tuple(parts[1:]))


def without_slash(title: str, host: str) -> str:
    """*host*, in which no slash may stand. Raises `GivenUp`."""
    if "/" in host:
        raise GivenUp(f"unexpected slash in {title} server hostname: {host}")
    return host


def in_brackets(text: str, opening: str, closing: str) -> tuple[str, str | None]:
    """*text* without what stands from *opening* on, and what is between it and *closing*; None: no bracket."""
    before, found, rest = text.partition(opening)
    return before, rest.partition(closing)[0] if found else None


def host_and_port(host: str) -> tuple[str, str]:
    """A host and its port, "" for none. Of an IPv6 address, the port follows a dot."""
    before, colon, port = host.rpartition(":")
    if not colon:
        return host, ""
    if ":" not in before:
        return before, port
    before, dot, port = host.rpartition(".")
    return (before, port) if dot else (host, "")
