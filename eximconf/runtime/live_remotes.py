"""Connections of a live run to other hosts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from eximconf.runtime.services import ClientTls, Link

if TYPE_CHECKING:
    from socket import socket
    from ssl import SSLContext

_BLOCK = 8192
_TLS_TIMEOUT = 30.0


class LiveRemotes:
    """A `Remotes` service that makes real connections."""

    def connect(self, host: str, address: str, port: int, interface: str, timeout: float) -> Link:
        from socket import create_connection

        source = (interface, 0) if interface else None
        return LiveLink(create_connection((address, port), timeout or None, source))


class LiveLink:
    """A TCP connection, on which TLS may be begun."""

    def __init__(self, connection: socket) -> None:
        self._connection = connection

    def send(self, text: str) -> None:
        self._connection.sendall(text.encode("latin-1"))

    def receive(self, timeout: float) -> str:
        self._connection.settimeout(max(timeout, 0.001))
        return self._connection.recv(_BLOCK).decode("latin-1")

    def start_tls(self, options: ClientTls) -> None:
        try:
            self._connection.settimeout(_TLS_TIMEOUT)
            self._connection = _tls_context(options).wrap_socket(
                self._connection, server_hostname=options.server_name or None
            )
        except (OSError, ValueError) as failure:  # SSLError is an OSError
            raise OSError(getattr(failure, "reason", None) or str(failure)) from None

    def local_address(self) -> tuple[str, int]:
        name = self._connection.getsockname()
        return (str(name[0]), int(name[1])) if isinstance(name, tuple) else ("", 0)

    def close(self) -> None:
        self._connection.close()


def _tls_context(options: ClientTls) -> SSLContext:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED if options.required else ssl.CERT_NONE
    if options.authorities == "system":
        context.load_default_certs()
    elif os.path.isdir(options.authorities):
        context.load_verify_locations(capath=options.authorities)
    elif options.authorities:
        context.load_verify_locations(cafile=options.authorities)
    if options.certificate:
        context.load_cert_chain(options.certificate, options.private_key or None)
    return context
