"""``ldap``, ``ldapm``, ``ldapdn``, ``ldapauth``: entries of LDAP directories, through ldap3. Spec: 9.11."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from eximconf.lookup.connections import connection, databases_of, driver, drop
from eximconf.lookup.ldap_connection import BindFault, LdapConnection, Lost, ServerPlace
from eximconf.lookup.ldap_entries import entries_text
from eximconf.lookup.ldap_query import LdapSettings, LdapUrl, read_query, read_url
from eximconf.lookup.ldap_result import NOT_THERE, OUT_OF_ENTRIES, SUCCESS, WRONG_PASSWORD, meaning
from eximconf.lookup.model import NOT_FOUND, Backend, Finder, LookupAnswer, Question, Style
from eximconf.lookup.searches import Searches
from eximconf.lookup.servers import GivenUp, server_items
from eximconf.runtime.machine import strtol
from eximconf.runtime.outcome import Deferred

_PORT, _TLS_PORT = 389, 636


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


def _find(kind: str, question: Question, query: str) -> LookupAnswer:
    settings, written = read_query(query)
    if kind == "ldapauth":
        if settings.user is None or settings.password is None:
            raise GivenUp("ldapauth lookups must specify the username and password")
        if not settings.password:  # would be an anonymous bind, which succeeds
            return NOT_FOUND
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


def _ask(search: _Search, place: ServerPlace) -> LookupAnswer:
    settings, question = search.settings, search.question
    try:
        kept = connection(question, place.shown, lambda: LdapConnection(place, question.ctx.settings))
        kept.limit(settings.wait if settings.wait > 0 else databases_of(question).timeout)
        kept.bind(settings.user, settings.password)
        if search.authenticates:
            return LookupAnswer("")
        found = kept.search(search.url, settings)
    except BindFault as error:
        drop(question, place.shown)
        if search.authenticates and error.code == WRONG_PASSWORD:
            return NOT_FOUND
        where = f"failed to bind the LDAP connection to server {place.shown}"
        raise Deferred(f"{where} - {error.reason}") from None
    except Lost as error:
        drop(question, place.shown)
        raise Deferred(error.reason) from None
    if found.code not in (SUCCESS, OUT_OF_ENTRIES):
        if found.code in NOT_THERE:
            return NOT_FOUND
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
