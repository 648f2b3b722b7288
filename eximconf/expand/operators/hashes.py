"""Operators that digest a string."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from eximconf.expand.hashing import numeric_hash, textual_hash
from eximconf.expand.operators.model import OperatorFunction, failed
from eximconf.expand.operators.strings import parameters
from eximconf.runtime.context import Context
from eximconf.runtime.settings import at_least

_SHA2 = {None: "sha256", "256": "sha256", "384": "sha384", "512": "sha512"}
_SHA3 = {None: "sha3_256", "224": "sha3_224", "256": "sha3_256", "384": "sha3_384", "512": "sha3_512"}


def hex_digest(algorithm: str, octets: bytes) -> str:
    """A digest of *octets* in small hexadecimal letters."""
    digest: str = _constructor(algorithm)(octets, usedforsecurity=False).hexdigest()
    return digest


@lru_cache
def _constructor(algorithm: str) -> Callable[..., Any]:
    """The quickest way to make this digest: `hashlib.new` looks its name up each time."""
    return getattr(hashlib, algorithm, None) or partial(hashlib.new, algorithm)


def md5(text: str, raw: str | None, ctx: Context) -> str:
    """The MD5 digest, in small letters. Spec: ${md5:<string>}."""
    return hex_digest("md5", text.encode("latin-1"))


def sha1(text: str, raw: str | None, ctx: Context) -> str:
    """The SHA-1 digest, in capitals. Spec: ${sha1:<string>}."""
    return hex_digest("sha1", text.encode("latin-1")).upper()


def sha2(text: str, raw: str | None, ctx: Context) -> str:
    """A SHA-2 digest, in capitals: ``_256`` (default), ``_384``, ``_512``. Spec: ${sha2_<n>:<string>}."""
    algorithm = _SHA2.get(raw)
    if algorithm is None:
        raise failed("unrecognised sha2 variant")
    return hex_digest(algorithm, text.encode("latin-1")).upper()


def sha3(text: str, raw: str | None, ctx: Context) -> str:
    """A SHA-3 digest, in capitals: ``_224``, ``_256`` (default), … Spec: ${sha3_<n>:<string>}."""
    algorithm = _SHA3.get(raw)
    if algorithm is None:
        raise failed("unrecognised sha3 variant")
    return hex_digest(algorithm, text.encode("latin-1")).upper()


def _hash_named(name: str) -> OperatorFunction:
    def hash_(text: str, raw: str | None, ctx: Context) -> str:
        """Exim's own textual hash. Spec: ${hash_<n>_<m>:<string>}."""
        limited = at_least(ctx.target, "4.99")
        return textual_hash(text, *parameters(name, raw, signed=False, count=2, limited=limited))

    return hash_


def _nhash_named(name: str) -> OperatorFunction:
    def nhash(text: str, raw: str | None, ctx: Context) -> str:
        """Exim's own numeric hash. Spec: ${nhash_<n>_<m>:<string>}."""
        limited = at_least(ctx.target, "4.99")
        return numeric_hash(text, *parameters(name, raw, signed=False, count=2, limited=limited))

    return nhash


HASH_OPERATORS: dict[str, OperatorFunction] = {
    "h": _hash_named("h"),
    "hash": _hash_named("hash"),
    "md5": md5,
    "nh": _nhash_named("nh"),
    "nhash": _nhash_named("nhash"),
    "sha1": sha1,
    "sha2": sha2,
    "sha256": sha2,
    "sha3": sha3,
}
