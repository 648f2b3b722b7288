"""``ldap``, ``ldapm``, ``ldapdn``, ``ldapauth``: entries of LDAP directories, through ldap3. Spec: 9.11."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from eximconf.lookup.connections import connection, databases_of, driver, drop
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
from eximconf.lookup.servers import GivenUp, server_items
from eximconf.runtime.machine import strtol
from eximconf.runtime.outcome import Deferred

_PORT, _TLS_PORT = 389, 636
_SCHEMES = ("ldap", "ldaps", "ldapi")
_MOST_HOPS = 5
"""So many servers OpenLDAP's library goes to that refer to each other."""


class _Search(NamedTuple):
    """One query. *kind*: the look-up type."""

    question: Question
    kind: str
    settings: LdapSettings
    url: LdapUrl

    @property
    def authenticates(self) -> bool:
        return self.kind == "ldapauth"


def _open(kind: str, question: Question) -> Finder:
    databases_of(question)
    driver("ldap", "ldap3", "ldap3")
    return partial(_find, kind, question)


def _find(kind: str, question: Question, query: str) -> str | None:
    settings, written = read_query(query)
    if kind == "ldapauth":
        if settings.user is None or settings.password is None:
            raise GivenUp("ldapauth lookups must specify the username and password")
        if not settings.password:  # would be an anonymous bind, which succeeds
            return None
    search = _Search(question, kind, settings, read_url(written))
    failure: Deferred | None = None
    for place in _places(search):
        try:
            return _ask(search, place)
        except GivenUp:
            raise
        except Deferred as error:
            failure = error
    raise failure or Deferred(Searches.of(question.ctx.services).message)


def _places(search: _Search) -> Iterator[ServerPlace]:
    """Where to ask: where the URL says, or else each of the servers listed, or else this machine."""
    url, settings = search.url, search.settings
    listed = settings.servers
    if listed is None:
        listed = search.question.ctx.settings.get("ldap_default_servers")
    if url.host or url.port or listed is None:
        yield _place(search, url.host, url.port)
        return
    for server in server_items(listed):
        host, _, port = server.partition(":")
        yield _place(search, host, strtol(port)[0])


def _place(search: _Search, host: str, port: int) -> ServerPlace:
    """Raises `Deferred`."""
    if host[:3].upper() == "%2F":
        host = host.replace("%2F", "/").replace("%2f", "/")
    if host[:1] == "/":
        return ServerPlace(host, 0, False)
    if host and search.url.scheme == "ldapi":
        raise Deferred(f'ldapi requires an absolute path ("{host}" given)')
    secure = search.url.scheme == "ldaps"
    # A port that is not given is that of plain LDAP, whatever the scheme, where a list names the server.
    return ServerPlace(
        host or "localhost", port or (_TLS_PORT if secure and search.url.host else _PORT), secure
    )


def _search_on(search: _Search, kept: LdapConnection, url: LdapUrl, hops: int) -> SearchResult:
    """What *url* gives on a connection, or where a referral leads to. Raises `Lost`."""
    found = kept.search(url, search.settings)
    if found.code == REFERRAL and search.settings.referrals and hops < _MOST_HOPS:
        for written in found.referrals:
            led = _followed(search, url, written, hops + 1)
            if led is not None:
                return led
    return found


def _followed(search: _Search, url: LdapUrl, written: str, hops: int) -> SearchResult | None:
    """The answer of the server in the URL *written*, asked as nobody; None if it has none, or knows another one."""
    question = search.question
    try:
        there = read_url(written)
        place = _place(search._replace(url=there), there.host, there.port)
    except Deferred:
        return None
    if there.scheme not in _SCHEMES:
        return None
    name = f"{place.shown}, referred"
    scope = there.scope if written.split("?")[2:3] not in ([], [""]) else url.scope
    wanted = url._replace(base=there.base or url.base, scope=scope)
    try:
        kept = connection(question, name, lambda: LdapConnection(place, question.ctx.settings))
        kept.limit(_seconds(search))
        kept.bind(None, None)
        found = _search_on(search, kept, wanted, hops)
    except (BindFault, Lost):
        drop(question, name)
        return None
    return None if found.code == REFERRAL else found


def _seconds(search: _Search) -> float:
    """How long to wait for a server."""
    wait = search.settings.wait
    return wait if wait > 0 else databases_of(search.question).timeout


def _ask(search: _Search, place: ServerPlace) -> str | None:
    settings, question = search.settings, search.question
    try:
        kept = connection(question, place.shown, lambda: LdapConnection(place, question.ctx.settings))
        kept.limit(_seconds(search))
        kept.bind(settings.user, settings.password)
        if search.authenticates:
            return ""
        found = _search_on(search, kept, search.url, 0)
    except BindFault as error:
        drop(question, place.shown)
        if search.authenticates and error.code == WRONG_PASSWORD:
            return None
        where = f"failed to bind the LDAP connection to server {place.shown}"
        raise Deferred(f"{where} - {error.reason}") from None
    except Lost as error:
        drop(question, place.shown)
        raise Deferred(error.reason) from None
    if found.code not in (SUCCESS, OUT_OF_ENTRIES):
        if found.code in NOT_THERE:
            return None
        details = "".join(f"/{text}" for text in (found.message, found.matched) if text)
        raise Deferred(f"LDAP search failed - error {found.code}: {meaning(found.code)}{details}")
    if found.entries:
        question.ctx.variables["ldap_dn"] = found.entries[-1].name
    if search.kind != "ldapm" and len(found.entries) > 1:
        counted = f"more than one entry ({len(found.entries)}) was returned"
        raise GivenUp(f"LDAP search: {counted} (filter not specific enough?)")
    return entries_text(found.entries, search.kind == "ldapdn", len(search.url.attributes) == 1)


BACKENDS = {
    kind: Backend(partial(_open, kind), Style.QUERY) for kind in ("ldap", "ldapm", "ldapdn", "ldapauth")
}
