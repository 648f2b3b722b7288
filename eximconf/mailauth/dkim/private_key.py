"""Private keys, and what they sign. RFC 6376, 3.3; RFC 8463."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eximconf.mailauth.dkim.key import KeyFault
from eximconf.runtime.outcome import ExpansionFailed

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that signs. *key_type*: ``rsa``, ``ed25519``, or what else it is, in which no verifier believes; *bits*: of
    the modulus, or of the curve. *sign*: makes the signature of data with a hash, and raises `KeyFault`."""

    key_type: str
    bits: int
    sign: Callable[[bytes, str], bytes]

    @property
    def named_type(self) -> str:
        """What ``a=`` says: Exim takes all that is not Ed25519 for a key of RSA (seen with 4.100-dev)."""
        return "ed25519" if self.key_type == "ed25519" else "rsa"


def read_private_key(text: str) -> PrivateKey:
    """The key in the PEM *text* (latin-1). Raises `KeyFault` for what is none or needs a pass phrase, and
    `ExpansionFailed` where the library for it is not installed."""
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise ExpansionFailed("private keys need the Python package cryptography") from None
    try:
        key = load_pem_private_key(text.encode("latin-1"), None)
    except TypeError:
        raise KeyFault("the key is encrypted") from None
    except (ValueError, UnsupportedAlgorithm):
        raise KeyFault("not a private key in PEM form") from None
    return _known(key)


def _known(key: object) -> PrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512, HashAlgorithm

    hashes: dict[str, HashAlgorithm] = {"sha1": SHA1(), "sha256": SHA256(), "sha512": SHA512()}

    match key:
        case ed25519.Ed25519PrivateKey():

            def sign(data: bytes, hash_name: str) -> bytes:
                return key.sign(hashlib.new(hash_name, data).digest())

            return PrivateKey("ed25519", 256, sign)
        case rsa.RSAPrivateKey():

            def sign_rsa(data: bytes, hash_name: str) -> bytes:
                try:
                    return key.sign(data, padding.PKCS1v15(), hashes[hash_name])
                except ValueError:
                    raise KeyFault("digest too big for rsa key") from None

            return PrivateKey("rsa", key.key_size, sign_rsa)
        case ec.EllipticCurvePrivateKey():
            return PrivateKey(
                "ec", key.key_size, lambda data, hash_name: key.sign(data, ec.ECDSA(hashes[hash_name]))
            )
    raise KeyFault("not a key that signs mail")
