"""TLS with a remote host: certificates, who may refuse them, and the variables of the connection. Spec: 43, 61."""

from __future__ import annotations

from dataclasses import dataclass

from eximconf.config.model import DriverBlock
from eximconf.deliver.event_action import Action
from eximconf.deliver.facts import Certificate, RemoteTls
from eximconf.deliver.process import Process
from eximconf.dns.host import Host
from eximconf.expand.dynamic import expand_string
from eximconf.match.hosts import HostSubject, match_host_list
from eximconf.route.router import text_of
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.value import Tainted

VARIABLES = (
    "tls_out_bits", "tls_out_certificate_verified", "tls_out_cipher", "tls_out_cipher_std", "tls_out_dane", "tls_out_ocsp",
    "tls_out_ourcert", "tls_out_peercert", "tls_out_peerdn", "tls_out_resumption", "tls_out_sni", "tls_out_tlsa_usage",
    "tls_out_ver",
)  # fmt: skip
UNVERIFIED = "TLS session: (SSL_connect): error:0A000086:SSL routines::certificate verify failed"


class TlsFailed(Exception):
    """There is no TLS; the argument says why."""


def listed(ctx: Context, block: DriverBlock, option: str, host: Host) -> bool:
    """Whether *host* is in the host list of an option; what cannot be decided is not."""
    text = text_of(block, option)
    if text is None or not text.strip():
        return False
    if text.strip() == "*":
        return True
    subject = HostSubject(ctx, host.address or "", expand_string, host_name=host.name)
    try:
        return match_host_list(ctx, subject, text, expand_string, option=option).found
    except Outcome:
        return False


def clear_tls(process: Process) -> None:
    """Unset the variables, as they are without TLS."""
    for name in VARIABLES:
        process.ctx.variables.pop(name, None)
    process.set(tls_out_certificate_verified="0", tls_out_dane="no")


@dataclass(slots=True)
class Handshake:
    """TLS with *host* comes out as *tls* says, unless the configuration objects."""

    process: Process
    block: DriverBlock
    action: Action
    host: Host
    tls: RemoteTls

    def run(self) -> bool:
        """Whether the server's certificate is verified. Raises `TlsFailed`."""
        tls = self.tls
        must = listed(self.process.ctx, self.block, "tls_verify_hosts", self.host)
        if tls.dane not in ("", "yes"):
            self.process.tell(self.action, "dane:fail", tls.dane)
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
        for depth in range(len(self.tls.chain) - 1, -1, -1):
            refused |= self._refuses(depth, self.tls.chain[depth])
            if refused and must:
                return True
        self.process.set(tls_out_peercert=None)
        return refused

    def _refuses(self, depth: int, certificate: Certificate) -> bool:
        process = self.process
        process.set(tls_out_peercert=Tainted(certificate.pem))
        text = process.tell(self.action, "tls:cert", str(depth))
        if text is None:
            return False
        name = f"depth={depth} cert={certificate.name}"
        process.log(f"[{self.host.address}] SSL verify denied by event-action: {name}: {text}")
        return True

    def _set_variables(self, verified: bool) -> None:
        set_tls(self.process, self.tls)
        self.process.set(tls_out_certificate_verified="1" if verified else "0")


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
