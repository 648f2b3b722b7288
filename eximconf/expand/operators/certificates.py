"""Certificates as operators show them: fingerprints, and the whole in base64."""

from __future__ import annotations

from eximconf.expand.operators.codings import encode_base64
from eximconf.expand.operators.hashes import hex_digest


def certificate_digest(pem: str, algorithm: str) -> str:
    """The fingerprint of a certificate (``md5 sha1 sha256``), in capitals.

    For ``${sha256:$tls_in_peercert}`` and its like, where the text is a certificate variable's PEM.
    Raises `ExpansionFailed` if *pem* is no certificate.
    """
    return hex_digest(algorithm, _certificate_der(pem)).upper()


def certificate_base64(pem: str) -> str:
    """A certificate's DER form in base64, without line ends. Raises `ExpansionFailed`."""
    return encode_base64(_certificate_der(pem))


def _certificate_der(pem: str) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    from eximconf.expand.items.certificates import load_certificate

    return load_certificate(pem).public_bytes(Encoding.DER)
