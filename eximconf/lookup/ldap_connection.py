"""A connection to an LDAP server by the package ldap3, with octets in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from eximconf.lookup.ber import NotBer
from eximconf.lookup.ldap_filter import BadFilter, filter_octets
from eximconf.lookup.ldap_message import (
    LdapTalk,
    SearchResult,
    attribute_names,
    search_numbers,
    search_request,
)
from eximconf.lookup.ldap_query import LdapSettings, LdapUrl
from eximconf.lookup.ldap_result import BAD_FILTER, HAS_TLS, NO_TLS, NOT_CONNECTED, SUCCESS, meaning
from eximconf.lookup.stream import Ended, Stream
from eximconf.runtime.machine import strtol
from eximconf.runtime.settings import is_on

_NEWEST = 3
_ANY_ENTRY = "(objectClass=*)"


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
    """*host*: a name, an address, or the path of a socket. *secure*: TLS from the start. *shown*: how the server is
    named in messages."""

    host: str
    port: int
    secure: bool
    shown: str


class LdapConnection:
    """A connection made by ldap3 when it is first bound."""

    def __init__(self, place: ServerPlace, options: Mapping[str, str]) -> None:
        self._place = place
        self._options = options
        self._bound: tuple[str | None, str | None] | None = None
        self._seconds = 0.0
        self._server: Any = None
        self._connection: Any = None
        self._stream: Stream | None = None

    def limit(self, seconds: float) -> None:
        """Wait no longer than *seconds* for anything."""
        self._seconds = seconds
        if self._stream is not None:
            self._stream.limit(seconds)

    def bind(self, user: str | None, password: str | None) -> None:
        """Be *user* from now on; None for nobody. Raises `BindFault`."""
        if self._bound == (user, password) and self._stream is not None:
            return
        if self._stream is None:
            self._connect()
        self._bound = None
        name, secret = (user or "").encode("latin-1"), (password or "").encode("latin-1")
        try:
            code = self._talk.bind(_version(self._options), name, secret)
        except TimeoutError:
            raise BindFault(NOT_CONNECTED, "LDAP error: timeout") from None
        except (OSError, Ended, NotBer):
            raise BindFault(NOT_CONNECTED, "LDAP error: result retrieval failed") from None
        if code != SUCCESS:
            raise BindFault(code, f"LDAP error {code}: {meaning(code)}")
        self._bound = (user, password)

    def _connect(self) -> None:
        import ldap3

        start_tls = is_on(self._options, "ldap_start_tls") and bool(self._place.port)
        try:
            self._server = _server(self._place, self._options, self._seconds)
            self._connection = ldap3.Connection(
                self._server,
                client_strategy=ldap3.SYNC,
                auto_bind=ldap3.AUTO_BIND_NONE,
                raise_exceptions=False,
            )
            self._connection.open(read_server_info=False)
            self._connection.socket.settimeout(self._seconds)
        except Lost:
            raise
        except Exception:  # the package raises anything when what it reads is no LDAP
            self.close()
            if start_tls:
                raise self._tls_fault(NOT_CONNECTED) from None
            raise BindFault(NOT_CONNECTED, "ldap_bind() returned -1") from None
        if start_tls:
            self._start_tls()
        self._stream = Stream(self._connection.socket, self._seconds)
        self._talk = LdapTalk(self._stream)

    def _start_tls(self) -> None:
        """Raises `Lost`."""
        if self._place.secure:
            raise self._tls_fault(HAS_TLS)
        try:
            started = self._connection.start_tls(read_server_info=False)
        except Exception:  # the server refuses, or its certificate is not good
            started = False
        if not started:
            refused = (self._connection.result or {}).get("result") or NO_TLS
            self.close()
            raise self._tls_fault(refused)

    def _tls_fault(self, code: int) -> Lost:
        what = f"failed to initiate TLS processing on an LDAP session to server {self._place.shown}"
        return Lost(f"{what} - ldap_start_tls_s() returned {code}: {meaning(code)}")

    def search(self, url: LdapUrl, settings: LdapSettings) -> SearchResult:
        """Raises `Lost`."""
        try:
            return self._talk.search(_request(url, settings))
        except BadFilter:
            raise Lost(f"ldap_search failed: {BAD_FILTER}, {meaning(BAD_FILTER)}") from None
        except TimeoutError:
            raise Lost("ldap_result timed out") from None
        except (OSError, Ended, NotBer):
            raise Lost(f"ldap_result failed: {NOT_CONNECTED}, {meaning(NOT_CONNECTED)}") from None

    def is_stale(self) -> bool:
        return self._stream is not None and self._stream.is_stale()

    def close(self) -> None:
        """Close the socket. The server needs no farewell, and one that stands still would not take it."""
        if self._connection is not None and self._connection.socket is not None:
            self._connection.socket.close()
        self._connection = self._stream = None


def _server(place: ServerPlace, options: Mapping[str, str], seconds: float) -> Any:
    """The server as the package knows it. Raises its errors."""
    import ldap3

    if not place.port:
        path = place.host.replace("/", "%2F")
        return ldap3.Server(f"ldapi://{path}", get_info=ldap3.NONE, connect_timeout=seconds)
    secure = place.secure or is_on(options, "ldap_start_tls")
    return ldap3.Server(
        place.host, place.port, use_ssl=place.secure, get_info=ldap3.NONE, connect_timeout=seconds,
        tls=_tls(options) if secure else None,
    )  # fmt: skip


def _request(url: LdapUrl, settings: LdapSettings) -> bytes:
    """Raises `BadFilter`."""
    how = search_numbers(url.scope, settings.dereference, max(0, settings.size), max(0, settings.time))
    wanted = filter_octets(url.filter or _ANY_ENTRY)
    return search_request(url.base.encode("latin-1"), how, wanted, attribute_names(url.attributes))


def _version(options: Mapping[str, str]) -> int:
    """The version of the protocol that is spoken; a number below 0 leaves it to Exim, as no number does."""
    given = strtol(options.get("ldap_version", "-1"))[0]
    return given if given >= 0 else _NEWEST


def _tls(options: Mapping[str, str]) -> Any:
    """How certificates are checked, as the options say; None for none of them."""
    import ssl

    import ldap3

    names = {
        "ca_certs_file": "ldap_ca_cert_file", "ca_certs_path": "ldap_ca_cert_dir", "ciphers": "ldap_cipher_suite",
        "local_certificate_file": "ldap_cert_file", "local_private_key_file": "ldap_cert_key",
    }  # fmt: skip
    given = {name: options[option] for name, option in names.items() if options.get(option)}
    if "ciphers" in given:
        _check_ciphers(given["ciphers"])
    lenient = options.get("ldap_require_cert", "hard") not in ("hard", "demand", "try")
    return ldap3.Tls(validate=ssl.CERT_NONE if lenient else ssl.CERT_REQUIRED, **given)


def _check_ciphers(suite: str) -> None:
    """Raises `Lost` for a suite that the TLS library does not know: the package would leave it out."""
    import ssl

    try:
        ssl.create_default_context().set_ciphers(suite)
    except ssl.SSLError:
        raise Lost("ldap_cipher_suite is not understood by OpenSSL, which is used here") from None
