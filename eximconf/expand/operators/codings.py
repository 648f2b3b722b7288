"""Operators between codings: base 32, 62, 64, hexadecimal, xtext."""

from __future__ import annotations

import re
from binascii import b2a_base64

from eximconf.expand.operators.model import OperatorFunction, failed, shown
from eximconf.message.rfc2047 import decode_base64
from eximconf.runtime.context import Context
from eximconf.runtime.machine import UINT64_MASK, int64, strtoul
from eximconf.runtime.value import untaint

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_HEX = re.compile(r"[0-9A-Fa-f]*")
_XTEXT = re.compile(r"(?:[!-*,-<>-\x7f]|\+[0-9A-Fa-f]{2})*")
_XTEXT_PAIR = re.compile(r"\+(..)")


def _unsigned(text: str, operator: str, ctx: Context) -> int:
    value, end = strtoul(text)
    if end < len(text):
        raise failed(f"argument for {operator} operator is {shown(text, ctx)}, which is not a decimal number")
    return value


def _read(text: str, digits: str, operator: str, ctx: Context) -> str:
    base, value = len(digits), 0
    for char in text:
        digit = digits.find(char)
        if digit < 0:
            number = f"base {base} number"
            raise failed(f"argument for {operator} operator is {shown(text, ctx)}, which is not a {number}")
        value = (value * base + digit) & UINT64_MASK
    return str(int64(value))


def base32(text: str, raw: str | None, ctx: Context) -> str:
    """A decimal number in base 32; 0 gives an empty string. Spec: ${base32:<digits>}."""
    value = _unsigned(text, "base32", ctx)
    digits = ""
    while value:
        digits = _BASE32[value & 31] + digits
        value >>= 5
    return digits


def base32d(text: str, raw: str | None, ctx: Context) -> str:
    """A base 32 number in decimal. Spec: ${base32d:<base-32 digits>}."""
    return _read(text, _BASE32, "base32d", ctx)


def base62(text: str, raw: str | None, ctx: Context) -> str:
    """A decimal number as its six lowest base 62 digits. Spec: ${base62:<digits>}."""
    value = _unsigned(text, "base62", ctx)
    digits = ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        digits = _BASE62[digit] + digits
    return digits


def base62d(text: str, raw: str | None, ctx: Context) -> str:
    """A base 62 number in decimal. Spec: ${base62d:<base-62 digits>}."""
    return _read(text, _BASE62, "base62d", ctx)


def encode_base64(octets: bytes) -> str:
    """Base64 without line ends."""
    return b2a_base64(octets, newline=False).decode("ascii")


def base64(text: str, raw: str | None, ctx: Context) -> str:
    """Encodes in base64. Spec: ${base64:<string>}, ${str2b64:<string>}."""
    return encode_base64(text.encode("latin-1"))


def base64d(text: str, raw: str | None, ctx: Context) -> str:
    """Decodes base64, up to a NUL octet. Spec: ${base64d:<string>}."""
    decoded = decode_base64(text)
    if decoded is None:
        raise failed(f'string {shown(text, ctx)} is not well-formed for "base64d" operator')
    return decoded.partition("\0")[0]


def hex2b64(text: str, raw: str | None, ctx: Context) -> str:
    """Hexadecimal to base64. Spec: ${hex2b64:<hexstring>}."""
    if not _HEX.fullmatch(text):
        raise failed(f"{shown(text, ctx)} is not a hex string")
    if len(text) % 2:
        raise failed(f"{shown(text, ctx)} contains an odd number of characters")
    return encode_base64(bytes.fromhex(untaint(text)))


def xtextd(text: str, raw: str | None, ctx: Context) -> str:
    """Decodes xtext (RFC 3461). Spec: ${xtextd:<string>}.

    Malformed xtext fails; 4.98.2 and 4.100-dev lose text around it or crash.
    """
    if not _XTEXT.fullmatch(text):
        raise failed(f"string {shown(text, ctx)} is not well-formed xtext")
    return _XTEXT_PAIR.sub(lambda pair: chr(int(pair[1], 16)), text)


CODING_OPERATORS: dict[str, OperatorFunction] = {
    "base32": base32,
    "base32d": base32d,
    "base62": base62,
    "base62d": base62d,
    "base64": base64,
    "base64d": base64d,
    "hex2b64": hex2b64,
    "str2b64": base64,
    "xtextd": xtextd,
}
