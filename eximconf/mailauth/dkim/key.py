"""Public keys of DKIM: their records, and what they verify. RFC 6376, 3.6.1; RFC 8463; RFC 8017, 8.2.2."""

from __future__ import annotations

import hashlib
import re
from binascii import a2b_base64
from dataclasses import dataclass
from hmac import compare_digest

from eximconf.runtime.outcome import ExpansionFailed

_QUOTED = re.compile(r"=([0-9A-Fa-f]{2})")
_SPACE = re.compile(r"\s+")
_RSA = bytes.fromhex("06092a864886f70d010101")
_PREFIXES = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
_MOST_BITS = 16384
_MOST_BITS_OF_EXPONENT = 64
"""OpenSSL lets keys of up to 3072 bits have longer ones, which nobody has and which take long."""
_ED25519_OCTETS = 32
_ED25519_BITS = 256
"""What OpenSSL says, and so Exim."""


class KeyFault(Exception):
    """The key cannot be used."""


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """The record of a key. *hashes*: "" for any; *key*: the octets of ``p=``."""

    key: bytes
    key_type: str = "rsa"
    hashes: str = ""
    granularity: str = "*"
    service: str = "*"
    notes: str = ""
    testing: bool = False
    no_subdomains: bool = False


def base64_octets(text: str) -> bytes | None:
    """The octets of *text*, None where it is not base64 as it has to be."""
    try:
        return a2b_base64(text, strict_mode=True) if len(text) % 4 == 0 else None
    except ValueError:
        return None


def is_key_record(text: str) -> bool:
    """Whether a TXT record may be that of a key: another version of something else is not looked at."""
    return not text.startswith("v=") or text[:6].lower() == "v=dkim"


def parse_key_record(text: str) -> KeyRecord | None:
    """The record *text*, None for one that breaks the syntax or has no key."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals and len(name.strip()) == 1:
            tags[name.strip()] = value.strip()
    if tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags:
        return None
    key = base64_octets(_SPACE.sub("", tags["p"]))
    if key is None:
        return None
    flags = tags.get("t", "")
    return KeyRecord(
        key, tags.get("k", "rsa"), tags.get("h", ""), tags.get("g", "*"), tags.get("s", "*"),
        _QUOTED.sub(lambda found: chr(int(found[1], 16)), tags.get("n", "")), "y" in flags, "s" in flags,
    )  # fmt: skip


class RsaKey:
    """A public key of RSA; *bits*: the length of its modulus."""

    def __init__(self, octets: bytes) -> None:
        """*octets*: a SubjectPublicKeyInfo in DER. Raises `KeyFault`."""
        try:
            info, _ = _value(octets, 0x30)
            algorithm, rest = _value(info, 0x30)
            if not algorithm.startswith(_RSA):
                raise KeyFault("not a key of RSA")
            bit_string, _ = _value(rest, 0x03)
            numbers, _ = _value(bit_string[1:], 0x30)
            modulus, rest = _value(numbers, 0x02)
            exponent, _ = _value(rest, 0x02)
        except IndexError:
            raise KeyFault("cut off") from None
        self._modulus = int.from_bytes(modulus, "big")
        self._exponent = int.from_bytes(exponent, "big")
        self.bits = self._modulus.bit_length()
        if not self._modulus:
            raise KeyFault("no modulus")

    def verifies(self, signed: bytes, data: bytes, hash_name: str) -> bool:
        """Whether *signed* is a signature of *data*. Keys and exponents that OpenSSL refuses verify nothing."""
        size = (self.bits + 7) // 8
        number = int.from_bytes(signed, "big")
        digest = _PREFIXES[hash_name] + hashlib.new(hash_name, data).digest()
        if len(signed) != size or number >= self._modulus or size < len(digest) + 11 or not self._is_bearable():
            return False
        wanted = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
        return compare_digest(pow(number, self._exponent, self._modulus).to_bytes(size, "big"), wanted)

    def _is_bearable(self) -> bool:
        return self.bits <= _MOST_BITS and 2 <= self._exponent.bit_length() <= _MOST_BITS_OF_EXPONENT


class Ed25519Key:
    """A public key of Ed25519: 32 octets, or these at the end of a SubjectPublicKeyInfo."""

    bits = _ED25519_BITS

    def __init__(self, octets: bytes) -> None:
        """Raises `KeyFault`."""
        if len(octets) < _ED25519_OCTETS:
            raise KeyFault("too short")
        self._octets = octets[-_ED25519_OCTETS:]

    def verifies(self, signed: bytes, data: bytes, hash_name: str) -> bool:
        """As `RsaKey.verifies`. Raises `ExpansionFailed` where the library for it is not installed."""
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError:
            raise ExpansionFailed("signatures with Ed25519 need the Python package cryptography") from None
        try:
            Ed25519PublicKey.from_public_bytes(self._octets).verify(signed, hashlib.new(hash_name, data).digest())
        except (InvalidSignature, ValueError):
            return False
        return True


KEYS: dict[str, type[RsaKey] | type[Ed25519Key]] = {"rsa": RsaKey, "ed25519": Ed25519Key}


def _value(octets: bytes, tag: int) -> tuple[bytes, bytes]:
    """The contents of the DER element at the start of *octets*, and what follows. Raises `KeyFault`, `IndexError`."""
    if octets[0] != tag:
        raise KeyFault("not the element that belongs here")
    size, at = octets[1], 2
    if size & 0x80:
        count = size & 0x7F
        if not 0 < count <= 4:
            raise KeyFault("bad length")
        size, at = int.from_bytes(octets[2 : 2 + count], "big"), 2 + count
    if at + size > len(octets):
        raise KeyFault("cut off")
    return octets[at : at + size], octets[at + size :]
