"""TLS with a remote host: certificates, who may refuse them, and the variables of the connection. Spec: 43, 61."""

from __future__ import annotations

from eximconf.deliver.connection import Connection
from eximconf.deliver.facts import Certificate, RemoteTls
from eximconf.deliver.process import Process
from eximconf.runtime.value import Tainted

VARIABLES = (
    "tls_out_bits", "tls_out_certificate_verified", "tls_out_cipher", "tls_out_cipher_std", "tls_out_dane", "tls_out_ocsp",
    "tls_out_ourcert", "tls_out_peercert", "tls_out_peerdn", "tls_out_resumption", "tls_out_sni", "tls_out_tlsa_usage",
    "tls_out_ver",
)  # fmt: skip
UNVERIFIED = "TLS session: (SSL_connect): error:0A000086:SSL routines::certificate verify failed"


class TlsFailed(Exception):
    """There is no TLS; the argument says why."""


def clear_tls(process: Process) -> None:
    """Unset the variables, as they are without TLS."""
    for name in VARIABLES:
        process.ctx.variables.pop(name, None)
    process.set(tls_out_certificate_verified="0", tls_out_dane="no")


class Handshake:
    """TLS over *connection* comes out as *tls* says, unless the configuration objects."""

    def __init__(self, connection: Connection, tls: RemoteTls) -> None:
        self._connection = connection
        self._tls = tls

    def run(self) -> bool:
        """Whether the server's certificate is verified. Raises `TlsFailed`."""
        tls = self._tls
        must = self._connection.listed("tls_verify_hosts")
        if tls.dane not in ("", "yes"):
            self._connection.tell("dane:fail", tls.dane)
            raise TlsFailed(tls.failure or f"DANE error: {tls.dane}")
        if tls.failure:
            raise TlsFailed(tls.failure)
        verified = tls.verified and not self._refused(must)
        if not tls.verified:
            self._refused(must)
        if must and not verified:
            raise TlsFailed(UNVERIFIED)
        self._set_variables(verified)
        return verified

    def _refused(self, must: bool) -> bool:
        """Tell of each certificate, that of the server last. True if one is refused; the first one ends it where it *must* be
        verified."""
        refused = False
        for depth in range(len(self._tls.chain) - 1, -1, -1):
            refused |= self._refuses(depth, self._tls.chain[depth])
            if refused and must:
                return True
        self._connection.process.set(tls_out_peercert=None)
        return refused

    def _refuses(self, depth: int, certificate: Certificate) -> bool:
        process = self._connection.process
        process.set(tls_out_peercert=Tainted(certificate.pem))
        text = self._connection.tell("tls:cert", str(depth))
        if text is None:
            return False
        name = f"depth={depth} cert={certificate.name}"
        process.log(f"[{self._connection.host.address}] SSL verify denied by event-action: {name}: {text}")
        return True

    def _set_variables(self, verified: bool) -> None:
        set_tls(self._connection.process, self._tls)
        self._connection.process.set(tls_out_certificate_verified="1" if verified else "0")


def set_tls(process: Process, tls: RemoteTls) -> None:
    """Set the variables that tell of *tls*, but for whether the certificate is verified."""
    own = tls.chain[0] if tls.chain else Certificate()
    process.set(
        tls_out_cipher=tls.cipher, tls_out_cipher_std=tls.standard_cipher, tls_out_ver=tls.version,
        tls_out_bits=str(tls.bits), tls_out_peerdn=Tainted(own.name) if own.name else None,
        tls_out_peercert=Tainted(own.pem) if own.pem else None,
        tls_out_ourcert=tls.own_certificate or None, tls_out_sni=tls.sni or None,
        tls_out_ocsp=str(tls.ocsp), tls_out_resumption=str(tls.resumption),
        tls_out_dane="yes" if tls.dane == "yes" else "no", tls_out_tlsa_usage=str(tls.usage),
    )  # fmt: skip
