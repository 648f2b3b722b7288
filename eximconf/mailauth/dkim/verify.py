"""The signatures of a message, verified. RFC 6376, 6; in the order and under the limits of Exim. Spec: 58.1.2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from eximconf.mailauth.dkim.canonical import BodyHashes, relaxed_header, simple_header
from eximconf.mailauth.dkim.key import (
    KEYS,
    Ed25519Key,
    KeyFault,
    KeyRecord,
    RsaKey,
    is_key_record,
    parse_key_record,
)
from eximconf.mailauth.dkim.signature import Signature, parse_signature
from eximconf.mailauth.dns import Asked, texts

MOST_SIGNATURES = 20
"""With as many signatures, or more, a message is not verified at all."""
MOST_HEADERS = 512
"""Header lines that are looked at."""
_LONGEST_RECORD = 1 << 16
_NAME = "dkim-signature:"


class Reason(Enum):
    """Why a signature does not pass."""

    NONE = "none"
    BODY = "body hash mismatch"
    HEADER = "signature incorrect"
    WRONG_HASH = "hash not for this key"
    NO_KEY = "no key"
    BAD_RECORD = "bad record"
    BAD_KEY = "bad key"
    SHORT_KEY = "short key"
    BAD_SIGNATURE = "tag missing"
    BAD_VERSION = "bad version"


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature and what came of it. *status*: ``none invalid fail pass``; *bits*: of the key, 0 if there is none."""

    signature: Signature
    status: str
    reason: Reason = Reason.NONE
    record: KeyRecord | None = None
    bits: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """What counts: ``dkim_verify_hashes``, ``dkim_verify_keytypes``, ``dkim_verify_min_keysizes``."""

    hashes: Sequence[str] = ("sha256", "sha512")
    key_types: Sequence[str] = ("ed25519", "rsa")
    least_bits: dict[str, int] = field(default_factory=lambda: {"rsa": 1024, "ed25519": 250})


DEFAULT_POLICY = Policy()


class TooManySignatures(Exception):
    """Nothing is verified."""


def signatures_of(headers: Sequence[str]) -> list[Signature]:
    """The signatures that Exim sees, in order. Raises `TooManySignatures`."""
    lines = [line for line in headers[:MOST_HEADERS] if line[: len(_NAME)].lower() == _NAME]
    if len(lines) >= MOST_SIGNATURES:
        raise TooManySignatures
    return [found for line in lines if (found := parse_signature(line)) is not None]


def verify_message(
    headers: Sequence[str], body: str, dns: Asked, policy: Policy = DEFAULT_POLICY
) -> list[Verified]:
    """All signatures that *policy* lets count, those of its first hash and key type first.

    *headers*: the header lines as they came; *body*: with LF or CR LF. Raises `TooManySignatures`, and what
    *dns* does.
    """
    found = signatures_of(headers)
    chosen = [one for name in dict.fromkeys(policy.hashes) for one in found if one.hash_name == name]
    chosen = [one for kind in dict.fromkeys(policy.key_types) for one in chosen if one.key_type == kind]
    hashes = BodyHashes(body)
    lines = headers[:MOST_HEADERS]
    return [_verified(one, lines, hashes, dns, policy) for one in chosen]


def _verified(
    signature: Signature, headers: Sequence[str], hashes: BodyHashes, dns: Asked, policy: Policy
) -> Verified:
    if hashes.of(signature.hash_name, signature.relaxed_body, signature.length) != signature.body_hash:
        return Verified(signature, "fail", Reason.BODY)
    if not signature.complete:
        return Verified(signature, "invalid", Reason.BAD_SIGNATURE)
    if signature.version != 1:
        return Verified(signature, "invalid", Reason.BAD_VERSION)
    record = find_key(dns, signature.selector, signature.domain)
    if isinstance(record, Reason):
        return Verified(signature, "invalid", record)
    try:
        key = KEYS[signature.key_type](record.key)
    except KeyFault:
        return Verified(signature, "invalid", Reason.BAD_KEY, record)
    status, reason = _judged(signature, headers, record, key, policy)
    return Verified(signature, status, reason, record, key.bits)


def _judged(
    signature: Signature, headers: Sequence[str], record: KeyRecord, key: RsaKey | Ed25519Key, policy: Policy
) -> tuple[str, Reason]:
    if record.hashes and signature.hash_name not in [name.strip() for name in record.hashes.split(":")]:
        return "fail", Reason.WRONG_HASH
    assert signature.signed is not None  # it is complete
    if not key.verifies(signature.signed, signed_data(signature, headers), signature.hash_name):
        return "fail", Reason.HEADER
    if key.bits < policy.least_bits.get(signature.key_type, 0):
        return "fail", Reason.SHORT_KEY
    return "pass", Reason.NONE


def signed_data(signature: Signature, headers: Sequence[str]) -> bytes:
    """The octets that are signed: the named header lines, the last of a name first, then the signature itself."""
    waiting: dict[str, list[str]] = {}
    for line in headers:
        waiting.setdefault(line.partition(":")[0].lower(), []).append(line)
    form = relaxed_header if signature.relaxed_header else simple_header
    parts = []
    for name in signature.header_names.split(":"):
        lines = waiting.get(name.lower())
        if lines:
            parts.append(form(lines.pop()) + "\r\n")
    parts.append(form(signature.bare))
    return "".join(parts).encode("latin-1")


def find_key(dns: Asked, selector: str, domain: str) -> KeyRecord | Reason:
    """The record of a key, or why there is none that counts. Raises what *dns* does."""
    for text in texts(dns.query(f"{selector}._domainkey.{domain}", "TXT")):
        if len(text) >= _LONGEST_RECORD:
            return Reason.NO_KEY
        if not is_key_record(text):
            continue
        if not text:
            return Reason.NO_KEY
        record = parse_key_record(text)
        if record is None or record.service not in ("*", "email"):
            return Reason.BAD_RECORD
        return record
    return Reason.NO_KEY
