"""LDAP queries: the settings in front, and the URL. Spec: 9.11.1, 9.11.4; RFC 4516."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from eximconf.config.quoting import dequote
from eximconf.lookup.servers import GivenUp
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.machine import strtol
from eximconf.runtime.value import untaint

_DEREFERENCE = {"never": 0, "searching": 1, "finding": 2, "always": 3}
_SCOPES = {
    "": 0,
    "base": 0,
    "one": 1,
    "onelevel": 1,
    "sub": 2,
    "subtree": 2,
    "subordinate": 3,
    "children": 3,
}
_BAD_URL, _BAD_SCOPE = 5, 8
_SCHEME = re.compile(r"ldap[si]?://", re.IGNORECASE)


class LdapSettings(NamedTuple):
    """*size*: of entries, *time*: of seconds that the server may take, *wait*: of seconds to wait for the
    network; 0 for no limit. *dereference*: the protocol's number. *servers*: a list, None for the option's."""

    user: str | None = None
    password: str | None = None
    size: int = 0
    time: int = 0
    wait: int = 0
    dereference: int = 0
    referrals: bool = True
    servers: str | None = None


_NONE = LdapSettings()


class LdapUrl(NamedTuple):
    """*scheme*: ``ldap``, ``ldaps``, ``ldapi``. *host*: "" for none; a path is a socket. *base*, *filter* and
    *attributes* are octets of UTF-8, latin-1 decoded. *scope*: the protocol's number, 3 for all that is below *base*."""

    scheme: str
    host: str
    port: int
    base: str
    attributes: tuple[str, ...]
    scope: int
    filter: str


def read_query(query: str) -> tuple[LdapSettings, str]:
    """The settings of *query*, and its URL as it is written. Raises `GivenUp`."""
    settings, rest = _NONE, query.lstrip(SPACE)
    while rest[:4].lower() != "ldap":
        name, equals, _ = rest.partition("=")
        value, end = dequote(rest, len(name) + 1) if equals else ("", len(rest))
        if rest[end : end + 1] not in tuple(SPACE):
            raise GivenUp("malformed parameter setting precedes LDAP URL")
        settings = _with_setting(settings, name, value)
        rest = rest[end:].lstrip(SPACE)
    if not _SCHEME.match(rest):
        known = '"ldap://", "ldaps://", or "ldapi://"'
        raise GivenUp(f'LDAP URL does not start with {known} (it starts with "{rest[:16]}...")')
    if settings.user is not None:
        settings = settings._replace(user=_unquoted(settings.user))
    return settings, rest


def _with_setting(settings: LdapSettings, name: str, value: str) -> LdapSettings:
    match name.lower():
        case "user":
            return settings._replace(user=value)
        case "pass":
            return settings._replace(password=value)
        case "size":
            return settings._replace(size=strtol(value)[0])
        case "time":
            return settings._replace(time=strtol(value)[0])
        case "connect" | "nettime":
            return settings._replace(wait=strtol(value)[0])
        case "servers":
            return settings._replace(servers=value)
        case "dereference":
            return settings._replace(dereference=_DEREFERENCE.get(value.lower(), settings.dereference))
        case "referrals":
            if value.lower() not in ("follow", "nofollow"):
                raise GivenUp('LDAP option REFERRALS is not "follow" or "nofollow"')
            return settings._replace(referrals=value.lower() == "follow")
        case _:
            raise GivenUp(f'unknown parameter "{name}=" precedes LDAP URL')


def read_url(text: str) -> LdapUrl:
    """The parts of *text*, which begins as `read_query` wants it. Raises `GivenUp`."""
    scheme, _, where, *what = text.split("/", 3)
    server = _server(scheme[:-1].lower(), where)
    parts = what[0].split("?") if what else []
    if server is None or len(parts) > 5:
        raise _bad_url(_BAD_URL, text)
    base, names, scope, search, *_ = (*parts, "", "", "", "")
    how = _how(names, scope)
    if how is None:
        raise _bad_url(_BAD_SCOPE, text)
    return LdapUrl(*server, _unquoted(base), *how, _unquoted(search))


@lru_cache(maxsize=64)
def _how(names: str, scope: str) -> tuple[tuple[str, ...], int] | None:
    """Attributes and the number of the scope; None for one that is unknown."""
    number = _SCOPES.get(_unquoted(scope).lower())
    return None if number is None else (tuple(filter(None, _unquoted(names).split(","))), number)


@lru_cache(maxsize=64)
def _server(scheme: str, where: str) -> tuple[str, str, int] | None:
    """Scheme, host and port, 0 for no port; None for a port that is no number."""
    host, colon, port = where, "", ""
    if scheme != "ldapi":
        bracketed = re.fullmatch(r"\[([^\]]*)\](?:(:)(.*))?", where)
        if bracketed:
            host, colon, port = bracketed[1], bracketed[2] or "", bracketed[3] or ""
        else:
            host, colon, port = where.partition(":")
    if colon and not port.isdigit():
        return None
    return scheme, _unquoted(host), strtol(port)[0] if colon else 0


def _bad_url(number: int, text: str) -> GivenUp:
    return GivenUp(f'ldap_url_parse: (error {number}) parsing "{text}"\n')


def _unquoted(text: str) -> str:
    """*text* with its escapes resolved; an octet 0 ends it."""
    if "%" not in text:
        return untaint(text)
    return unquote_to_bytes(text.encode("latin-1")).partition(b"\0")[0].decode("latin-1")
