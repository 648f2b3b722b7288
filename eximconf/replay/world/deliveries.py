"""What a session has recorded of deliveries: the table ``deliver``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from eximconf.config.load import read_octets
from eximconf.deliver.facts import Certificate, Course, Fate, LocalOutcome, RemoteHost, RemoteTls
from eximconf.replay.facts import BadFacts, address_and_port
from eximconf.replay.world.ledger import Ledger, toml_string

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)
_PLAIN = ("error", "errno", "banner", "ehlo", "helo", "starttls", "mail", "data", "message")
_OF_TLS = frozenset(field.name for field in fields(RemoteTls)) - {"chain", "own_certificate"}


class RecordedDeliveries:
    """A `Known`. *wanted*: the session says something of deliveries at all. Files are relative to *folder*."""

    def __init__(self, ledger: Ledger, folder: str) -> None:
        self.wanted = False
        self._ledger = ledger
        self._folder = folder
        self._hosts: Mapping[str, RemoteHost] = {}
        self._local: Mapping[str, Any] = {}
        self._recipients: Mapping[str, Any] = {}

    def record(self, tables: Mapping[str, Any]) -> None:
        """Take a ``deliver`` table in place of the one before. Raises `OSError` for a certificate that cannot be read."""
        self.wanted = True
        self._hosts = {
            key: remote_host(value, self._folder) for key, value in tables.get("hosts", {}).items()
        }
        self._local = tables.get("local", {})
        self._recipients = tables.get("recipients", {})

    def host(self, name: str, address: str, port: int) -> RemoteHost | None:
        keys = (f"{address}:{port}", f"[{address}]:{port}", address, f"{name}:{port}", name, "*")
        found = next((key for key in keys if key in self._hosts), None)
        if found is not None:
            self._ledger.use("remote host", found)
            return self._hosts[found]
        key = toml_string(address)
        self._ledger.miss(
            f"what the host {name} [{address}]:{port} does is not recorded", "deliver.hosts", f'{key} = "250 OK"',
            f'{key} = {{ error = "Connection refused" }}',
        )  # fmt: skip
        return None

    def local(self, address: str, transport: str) -> LocalOutcome | None:
        keys = (address, f"@{address.rpartition('@')[2]}", transport, "*")
        found = next((key for key in keys if key in self._local), None)
        if found is not None:
            self._ledger.use("local delivery", found)
            return _outcome(self._local[found])
        key = toml_string(transport)
        self._ledger.miss(
            f"what the transport {transport} comes to for {address} is not recorded", "deliver.local", f'{key} = "ok"',
            f'{key} = {{ result = "defer", message = "..." }}',
        )  # fmt: skip
        return None

    def course(self, address: str) -> Course | None:
        value = self._recipients.get(address)
        if value is None:
            return None
        self._ledger.use("recipient", address)
        if isinstance(value, str):
            return Course(outcome=_outcome(value))
        return Course(
            value.get("transport", ""), value.get("router", ""), tuple(value.get("hosts", ())),
            _outcome(value) if "result" in value else None,
        )  # fmt: skip


def _outcome(value: Any) -> LocalOutcome:
    if isinstance(value, str):
        return LocalOutcome(Fate(value))
    return LocalOutcome(Fate(value["result"]), value.get("message", ""), value.get("errno", 0))


def remote_host(value: Any, folder: str) -> RemoteHost:
    """What a host does. Raises `OSError` for a certificate that cannot be read."""
    if value is False:
        return RemoteHost(error="Connection refused")
    if isinstance(value, str):
        return RemoteHost(message=value)
    given = {name: _reply(value[name]) for name in _PLAIN if name in value}
    tls = remote_tls(value["tls"], folder) if "tls" in value else None
    if tls is not None and "ehlo" not in value:
        given["ehlo"] = "250-Hello\n250 STARTTLS"
    rcpt = value.get("rcpt")
    if isinstance(rcpt, dict):
        given["recipients"] = {address: _reply(reply) for address, reply in rcpt.items()}
        given |= {"rcpt": _reply(rcpt["*"])} if "*" in rcpt else {}
    elif rcpt is not None:
        given["rcpt"] = _reply(rcpt)
    if isinstance(value.get("message"), dict):
        given["messages"] = {
            address: _reply(reply) for address, reply in value["message"].items() if address != "*"
        }
        given["message"] = _reply(value["message"].get("*", "250 OK"))
    auth = value.get("auth")
    if isinstance(auth, dict):
        given["mechanisms"] = {name.upper(): _reply(reply) for name, reply in auth.items() if name != "*"}
        given |= {"auth": _reply(auth["*"])} if "*" in auth else {}
    elif auth is not None:
        given["auth"] = _reply(auth)
    try:
        interface, port = address_and_port(value.get("interface", ""))
    except BadFacts:
        interface, port = value["interface"], 0
    return RemoteHost(**given, interface=interface, interface_port=port, tls=tls)


def _reply(value: Any) -> Any:
    """A reply, or a number as it is; None for ``false``."""
    if value is False:
        return None
    return value.rstrip("\n").replace("\r\n", "\n") if isinstance(value, str) else value


def remote_tls(value: Mapping[str, Any], folder: str) -> RemoteTls:
    """How TLS comes out. Raises `OSError` and `BadFacts`."""
    given = {name: value[name] for name in _OF_TLS if name in value}
    own = value.get("own_certificate", "")
    if isinstance(own, dict):
        own = read_octets(os.path.join(folder, own["file"]))
    return RemoteTls(**given, own_certificate=own, chain=tuple(_chain(value.get("chain", ()), folder)))


def _chain(value: Any, folder: str) -> Iterator[Certificate]:
    """Certificates out of PEM text, a file, names, or an array of these."""
    if isinstance(value, dict):
        value = read_octets(os.path.join(folder, value["file"]))
    if isinstance(value, str):
        found = _PEM.findall(value)
        yield from (Certificate(_subject(pem), pem) for pem in found) if found else (Certificate(value),)
        return
    for item in value:
        yield from _chain(item, folder)


def _subject(pem: str) -> str:
    from eximconf.expand.distinguished_name import slashed_name

    try:
        from cryptography.x509 import load_pem_x509_certificate
    except ImportError:
        raise BadFacts("the certificates of a chain need the Python package cryptography") from None

    try:
        return slashed_name(load_pem_x509_certificate(pem.encode("latin-1")).subject)
    except ValueError:
        return ""
