"""``ldap``, ``ldapm``, ``ldapdn``, ``ldapauth``: entries of LDAP directories, through ldap3. Spec: 9.11."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import TypeAlias

from eximconf.lookup.connections import Connections, databases_of, driver
from eximconf.lookup.ldap_connection import BindFault, LdapConnection, Lost, ServerPlace
from eximconf.lookup.ldap_entries import entries_text
from eximconf.lookup.ldap_message import SearchResult
from eximconf.lookup.ldap_query import LdapSettings, LdapUrl, read_query, read_url
from eximconf.lookup.ldap_result import (
    NOT_THERE,
    OUT_OF_ENTRIES,
    REFERRAL,
    SUCCESS,
    WRONG_PASSWORD,
    meaning,
)
from eximconf.lookup.model import Backend, Finder, Question, Style
from eximconf.lookup.searches import Searches
from eximconf.lookup.servers import GivenUp
from eximconf.runtime.list_text import split
from eximconf.runtime.machine import strtol
from eximconf.runtime.outcome import Deferred
from eximconf.runtime.value import untaint

_PORT, _TLS_PORT = 389, 636
_SCHEMES = ("ldap", "ldaps", "ldapi")
_MOST_HOPS = 5
"""So many servers OpenLDAP's library goes to that refer to each other."""


_Connections: TypeAlias = Connections[ServerPlace, LdapConnection]


class _Asker:
    """Asks for the entries that a look-up of type *kind* wants."""

    __slots__ = ("_connections", "_kind", "_question", "_referred")

    def __init__(self, kind: str, question: Question) -> None:
        self._kind = kind
        self._question = question
        self._connections: _Connections = Connections(question, self._connection)
        self._referred: _Connections = Connections(question, self._connection, ", referred")

    def _connection(self, place: ServerPlace) -> LdapConnection:
        return LdapConnection(place, self._question.ctx.settings)

    def find(self, query: str) -> str | None:
        settings, written = read_query(query)
        if self._kind == "ldapauth":
            if settings.user is None or settings.password is None:
                raise GivenUp("ldapauth lookups must specify the username and password")
            if not settings.password:  # would be an anonymous bind, which succeeds
                return None
        url = read_url(written)
        failure: Deferred | None = None
        for host, port in self._servers(settings, url):
            place = _place(url.scheme, not url.host, host, port)
            try:
                return self._ask(place, settings, url)
            except GivenUp:
                raise
            except Deferred as error:
                failure = error
        raise failure or Deferred(Searches.of(self._question.ctx.services).message)

    def _servers(self, settings: LdapSettings, url: LdapUrl) -> Sequence[tuple[str, int]]:
        """Where to ask: where the URL says, or else each of the servers listed, or else this machine."""
        listed = settings.servers
        if listed is None:
            listed = self._question.ctx.settings.get("ldap_default_servers")
        if url.host or url.port or listed is None:
            return ((url.host, url.port),)
        return _hosts_and_ports(untaint(listed))

    def _ask(self, place: ServerPlace, settings: LdapSettings, url: LdapUrl) -> str | None:
        connections = self._connections
        try:
            kept = connections.to(place)
            kept.limit(self._seconds(settings))
            kept.bind(settings.user, settings.password)
            if self._kind == "ldapauth":
                return ""
            found = self._search_on(kept, settings, url, 0)
        except BindFault as error:
            connections.drop(place)
            if self._kind == "ldapauth" and error.code == WRONG_PASSWORD:
                return None
            where = f"failed to bind the LDAP connection to server {place.shown}"
            raise Deferred(f"{where} - {error.reason}") from None
        except Lost as error:
            connections.drop(place)
            raise Deferred(error.reason) from None
        return self._text(found, len(url.attributes) == 1)

    def _text(self, found: SearchResult, single: bool) -> str | None:
        """What a look-up gives for *found*; *single*: one attribute was asked for."""
        code, entries = found.code, found.entries
        if code not in (SUCCESS, OUT_OF_ENTRIES):
            if code in NOT_THERE:
                return None
            details = "".join(f"/{text}" for text in (found.message, found.matched) if text)
            raise Deferred(f"LDAP search failed - error {code}: {meaning(code)}{details}")
        if entries:
            self._question.ctx.variables["ldap_dn"] = entries[-1].name
        if self._kind != "ldapm" and len(entries) > 1:
            counted = f"more than one entry ({len(entries)}) was returned"
            raise GivenUp(f"LDAP search: {counted} (filter not specific enough?)")
        return entries_text(entries, self._kind == "ldapdn", single)

    def _search_on(
        self, kept: LdapConnection, settings: LdapSettings, url: LdapUrl, hops: int
    ) -> SearchResult:
        """What *url* gives on a connection, or where a referral leads to. Raises `Lost`."""
        found = kept.search(url, settings)
        if found.code == REFERRAL and settings.referrals and hops < _MOST_HOPS:
            for written in found.referrals:
                led = self._followed(settings, url, written, hops + 1)
                if led is not None:
                    return led
        return found

    def _followed(
        self, settings: LdapSettings, url: LdapUrl, written: str, hops: int
    ) -> SearchResult | None:
        """The answer of the server in the URL *written*, asked as nobody; None if it has none, or knows another one."""
        try:
            there = read_url(written)
            place = _place(there.scheme, not there.host, there.host, there.port)
        except Deferred:
            return None
        if there.scheme not in _SCHEMES:
            return None
        scope = there.scope if written.split("?")[2:3] not in ([], [""]) else url.scope
        wanted = url._replace(base=there.base or url.base, scope=scope)
        try:
            kept = self._referred.to(place)
            kept.limit(self._seconds(settings))
            kept.bind(None, None)
            found = self._search_on(kept, settings, wanted, hops)
        except (BindFault, Lost):
            self._referred.drop(place)
            return None
        return None if found.code == REFERRAL else found

    def _seconds(self, settings: LdapSettings) -> float:
        """How long to wait for a server."""
        return settings.wait if settings.wait > 0 else databases_of(self._question).timeout


@lru_cache(maxsize=64)
def _hosts_and_ports(servers: str) -> Sequence[tuple[str, int]]:
    parts = [server.partition(":") for server in split(servers)[0]]
    return [(host, strtol(port)[0]) for host, _, port in parts]


@lru_cache(maxsize=64)
def _place(scheme: str, listed: bool, host: str, port: int) -> ServerPlace:
    """The server of a URL, or one that is *listed*. Raises `Deferred`."""
    if host[:3].upper() == "%2F":
        host = host.replace("%2F", "/").replace("%2f", "/")
    if host[:1] == "/":
        return ServerPlace(host, 0, False, host)
    if host and scheme == "ldapi":
        raise Deferred(f'ldapi requires an absolute path ("{host}" given)')
    secure = scheme == "ldaps"
    # A port that is not given is that of plain LDAP, whatever the scheme, where a list names the server.
    name, number = host or "localhost", port or (_TLS_PORT if secure and not listed else _PORT)
    return ServerPlace(name, number, secure, f"{name}:{number}")


def _open(kind: str, question: Question) -> Finder:
    databases_of(question)
    driver("ldap", "ldap3", "ldap3")
    return _Asker(kind, question).find


BACKENDS = {
    kind: Backend(partial(_open, kind), Style.QUERY) for kind in ("ldap", "ldapm", "ldapdn", "ldapauth")
}
