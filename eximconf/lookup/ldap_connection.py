"""A connection to an LDAP server by the package ldap3, with octets in and out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from eximconf.lookup.connections import has_input
from eximconf.lookup.ldap_entries import LdapEntry
from eximconf.lookup.ldap_query import LdapSettings, LdapUrl
from eximconf.lookup.ldap_result import (
    BAD_FILTER,
    NOT_CONNECTED,
    SUCCESS,
    UNWILLING,
    WRONG_PASSWORD,
    meaning,
)
from eximconf.runtime.settings import is_on

_SCOPES = ("BASE", "LEVEL", "SUBTREE", "SUBTREE")
_BELOW = 3
_DEREFERENCE = ("NEVER", "SEARCH", "BASE", "ALWAYS")
_NOT_ASCII = re.compile(r"[^\x20-\x7e]")


class Lost(Exception):
    """A search came to no result; the connection is of no use any more."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BindFault(Exception):
    """A server did not take the user; *code*: of its answer, or below 0."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class ServerPlace(NamedTuple):
    """*host*: a name, an address, or the path of a socket. *secure*: TLS from the start."""

    host: str
    port: int
    secure: bool

    @property
    def shown(self) -> str:
        """How the server is named in messages."""
        return f"{self.host}:{self.port}" if self.port else self.host


class LdapResult(NamedTuple):
    """What a search gave: the code of its end, the server's own words, the part of the name that exists."""

    code: int
    message: str
    matched: str
    entries: tuple[LdapEntry, ...]


class LdapConnection:
    """Connects when it is first bound."""

    def __init__(self, place: ServerPlace, options: Mapping[str, str]) -> None:
        import ldap3

        self._place = place
        self._options = options
        self._bound: tuple[str | None, str | None] | None = None
        self._seconds = 0.0
        if not place.port:
            self._server = ldap3.Server("ldapi://" + place.host.replace("/", "%2F"), get_info=ldap3.NONE)
        else:
            self._server = ldap3.Server(
                place.host, place.port, use_ssl=place.secure, get_info=ldap3.NONE, tls=_tls(options)
            )
        self._connection: Any = None

    def limit(self, seconds: float) -> None:
        """Wait no longer than *seconds* for anything."""
        self._seconds = seconds
        self._server.connect_timeout = seconds
        if self._connection is not None:
            self._connection.socket.settimeout(seconds)

    def bind(self, user: str | None, password: str | None) -> None:
        """Be *user* from now on; None for nobody. Raises `BindFault`."""
        if self._bound == (user, password):
            return
        self._connect()
        if bool(user) != bool(password):  # the package does not send what servers refuse
            code = WRONG_PASSWORD if password else UNWILLING
            raise BindFault(code, f"LDAP error {code}: {meaning(code)}")
        self._bound = None
        try:
            self._connection.user = _unicode(user) if user else None
            self._connection.password = _unicode(password) if user and password else None
            self._connection.authentication = "SIMPLE" if user else "ANONYMOUS"
            self._connection.bind(read_server_info=False)
        except Exception as error:  # the package raises anything when what it reads is no LDAP
            reason = "timeout" if _is_timeout(error) else "result retrieval failed"
            raise BindFault(NOT_CONNECTED, f"LDAP error: {reason}") from None
        code = self._connection.result["result"]
        if code != SUCCESS:
            raise BindFault(code, f"LDAP error {code}: {meaning(code)}")
        self._bound = (user, password)

    def _connect(self) -> None:
        import ldap3
        if self._connection is not None:
            return
        connection = ldap3.Connection(
            self._server, client_strategy=ldap3.SYNC, auto_bind=ldap3.AUTO_BIND_NONE, raise_exceptions=False,
            check_names=False, return_empty_attributes=False, auto_referrals=False, version=3,
        )  # fmt: skip
        try:
            connection.open(read_server_info=False)
            connection.socket.settimeout(self._seconds)
            if is_on(self._options, "ldap_start_tls") and self._place.port and not self._place.secure:
                connection.start_tls(read_server_info=False)
        except Exception:
            raise BindFault(NOT_CONNECTED, "ldap_bind() returned -1") from None
        self._connection = connection

    def search(self, url: LdapUrl, settings: LdapSettings) -> LdapResult:
        """Raises `Lost`."""
        from ldap3.core.exceptions import LDAPInvalidFilterError

        try:
            self._connection.search(
                _unicode(url.base), _filter(url.filter), _SCOPES[url.scope], _DEREFERENCE[settings.dereference],
                attributes=[_unicode(name) for name in url.attributes] or ["*"], size_limit=max(0, settings.size),
                time_limit=max(0, settings.time),
            )  # fmt: skip
        except LDAPInvalidFilterError:
            raise Lost(f"ldap_search failed: {BAD_FILTER}, {meaning(BAD_FILTER)}") from None
        except Exception as error:
            if _is_timeout(error):
                raise Lost("ldap_result timed out") from None
            raise Lost(f"ldap_result failed: {NOT_CONNECTED}, {meaning(NOT_CONNECTED)}") from None
        result = self._connection.result
        found = [entry for entry in self._connection.response or () if entry["type"] == "searchResEntry"]
        entries = tuple(map(_entry, found))
        if url.scope == _BELOW:  # which the package has no word for
            entries = tuple(entry for entry in entries if entry.name.lower() != url.base.lower())
        return LdapResult(result["result"], _latin(result["message"]), _latin(result["dn"]), entries)

    def is_stale(self) -> bool:
        if self._connection is None:
            return False
        return self._connection.closed or has_input(self._connection.socket.fileno())

    def close(self) -> None:
        """Close the socket. The server needs no farewell, and one that stands still would not take it."""
        if self._connection is not None and self._connection.socket is not None:
            self._connection.socket.close()
        self._connection = None


def _entry(entry: Mapping[str, Any]) -> LdapEntry:
    attributes = [
        (_latin(name), [value.decode("latin-1") for value in values])
        for name, values in entry["raw_attributes"].items()
    ]
    return LdapEntry(entry["raw_dn"].decode("latin-1"), attributes)


def _tls(options: Mapping[str, str]) -> Any:
    """How certificates are checked, as the options say; None for none of them."""
    import ssl

    import ldap3

    names = {
        "ca_certs_file": "ldap_ca_cert_file", "ca_certs_path": "ldap_ca_cert_dir", "ciphers": "ldap_cipher_suite",
        "local_certificate_file": "ldap_cert_file", "local_private_key_file": "ldap_cert_key",
    }  # fmt: skip
    given = {name: options[option] for name, option in names.items() if options.get(option)}
    lenient = options.get("ldap_require_cert", "hard") not in ("hard", "demand", "try")
    return ldap3.Tls(validate=ssl.CERT_NONE if lenient else ssl.CERT_REQUIRED, **given)


def _filter(text: str) -> str:
    """*text* with parentheses around it and other octets than those of ASCII as the protocol writes them."""
    text = _NOT_ASCII.sub(lambda found: f"\\{ord(found[0]):02x}", text) or "(objectClass=*)"
    return text if text.startswith("(") else f"({text})"


def _unicode(octets: str) -> str:
    return octets.encode("latin-1").decode("utf-8", "replace")


def _latin(text: object) -> str:
    return str(text).encode("utf-8", "replace").decode("latin-1")


def _is_timeout(error: BaseException) -> bool:
    from ldap3.core.exceptions import LDAPResponseTimeoutError

    return isinstance(error, (LDAPResponseTimeoutError, TimeoutError)) or "timed out" in str(error)
