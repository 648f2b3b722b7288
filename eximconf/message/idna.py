"""Internationalised domain names and local parts, between UTF-8 and ASCII.

IDNA 2003 (RFC 3490, RFC 3491, RFC 3492), as an Exim linked with libidn has it; one linked with
libidn2 follows IDNA 2008 and differs for a few characters (``ß``) and in its messages. Texts are
octets decoded as latin-1, on both sides. RFC 6530; Spec: "Internationalisation".
"""

from __future__ import annotations

import re
from collections.abc import Callable

Conversion = Callable[[str], str]

_PREFIX = "xn--"
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_NOT_HOST_NAME = re.compile(r"[\x00-,./:-@\[-`{-\x7f]|^-|-\Z")
_LARGEST = (1 << 32) - 1

_BAD_UTF8 = "Character encoding conversion error"
_BAD_LENGTH = "Output would be too large or too small"
_BAD_PREPARATION = "String preparation failed"
_BAD_PUNYCODE = "Invalid input"
_OVERFLOW = "String size limit exceeded"
_NO_ROOM = "Output would exceed the buffer space provided"


class ConversionFault(Exception):
    """Why a name cannot be converted, in the words of the library that Exim uses."""


def domain_to_ascii(text: str) -> str:
    """A UTF-8 domain with each label that needs it as ``xn--…``. Raises `ConversionFault`."""
    name = _utf8_decoded(text, _BAD_UTF8)
    if not name.isascii():
        name = _normalized(name)
    if name in ("", "."):
        return name
    labels = _DOTS.split(name)
    root = labels.pop() if not labels[-1] else None
    ascii_labels = [_label_to_ascii(label) for label in labels]
    return ".".join(ascii_labels if root is None else [*ascii_labels, root])


def domain_to_unicode(text: str) -> str:
    """A domain with its ``xn--…`` labels in UTF-8; a label that does not convert stays.

    Raises `ConversionFault` only for text that is not UTF-8.
    """
    name = _utf8_decoded(text, _BAD_UTF8)
    return _utf8_encoded(".".join(_label_to_unicode(label) for label in _DOTS.split(name)))


def local_part_to_ascii(text: str) -> str:
    """A UTF-8 local part as ``xn--…``; a pure ASCII one as it is. Raises `ConversionFault`."""
    if text.isascii():
        return text
    name = _utf8_decoded(text, "l_u2a: bad UTF-8 input")
    coded = _punycode(name)
    if len(coded) > 4 * len(name):
        raise ConversionFault(_NO_ROOM)
    return _PREFIX + coded


def local_part_to_unicode(text: str) -> str:
    """A local part of the form ``xn--…`` in UTF-8. Raises `ConversionFault`."""
    if not text.startswith(_PREFIX):
        raise ConversionFault("bad alabel prefix")
    return _utf8_encoded(decode_punycode(text[len(_PREFIX) :]))


def _utf8_decoded(text: str, fault: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        raise ConversionFault(fault) from None


def _utf8_encoded(name: str) -> str:
    return name.encode("utf-8").decode("latin-1")


def _normalized(name: str) -> str:
    import unicodedata

    return unicodedata.ucd_3_2_0.normalize("NFKC", name)


def _prepared(label: str) -> str:
    from encodings.idna import nameprep

    try:
        return nameprep(label)
    except UnicodeError:
        raise ConversionFault(_BAD_PREPARATION) from None


def _punycode(name: str) -> str:
    return name.encode("punycode").decode("ascii")


def _label_to_ascii(label: str) -> str:
    if not label.isascii():
        label = _prepared(label)
    if not label.isascii():
        if label.startswith(_PREFIX):
            raise ConversionFault(f"Input already contain ACE prefix ('{_PREFIX}')")
        label = _PREFIX + _punycode(label)
    if not 0 < len(label) < 64:
        raise ConversionFault(_BAD_LENGTH)
    return label


def _label_to_unicode(label: str) -> str:
    """RFC 3490's ToUnicode, with its check that the way back gives the same label."""
    from stringprep import in_table_a1

    try:
        prepared = _prepared(label)
        if not prepared.startswith(_PREFIX):
            return label
        decoded = decode_punycode(prepared[len(_PREFIX) :])
        if _NOT_HOST_NAME.search(decoded) or any(in_table_a1(char) for char in decoded):
            return label
        return decoded if _label_to_ascii(decoded).lower() == prepared.lower() else label
    except ConversionFault:
        return label


def decode_punycode(text: str) -> str:
    """RFC 3492's decoding. Raises `ConversionFault`."""
    basic, _, coded = text.rpartition("-")
    if not basic:
        basic, coded = "", text
    if not basic.isascii():
        raise ConversionFault(_BAD_PUNYCODE)
    output = list(basic)
    code, index, bias, at = 128, 0, 72, 0
    while at < len(coded):
        delta, at = _variable_length(coded, at, index, bias)
        size = len(output) + 1
        bias = _adapted(delta - index, size, first=index == 0)
        code += delta // size
        if code > _LARGEST:
            raise ConversionFault(_OVERFLOW)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise ConversionFault(_BAD_PUNYCODE)
        index = delta % size
        output.insert(index, chr(code))
        index += 1
    return "".join(output)


def _variable_length(coded: str, at: int, value: int, bias: int) -> tuple[int, int]:
    """The number that begins at *at*, added to *value*, and where it ends."""
    weight, step = 1, 36
    while True:
        digit = _digit(ord(coded[at])) if at < len(coded) else 36
        at += 1
        if digit >= 36:
            raise ConversionFault(_BAD_PUNYCODE)
        value += digit * weight
        if value > _LARGEST:
            raise ConversionFault(_OVERFLOW)
        threshold = min(max(step - bias, 1), 26)
        if digit < threshold:
            return value, at
        weight *= 36 - threshold
        if weight > _LARGEST:
            raise ConversionFault(_OVERFLOW)
        step += 36


def _digit(octet: int) -> int:
    """The value of a digit; what stands below ``0`` counts on downwards, as libidn 1.41 has it."""
    if 22 <= octet < 58:
        return octet - 22
    letter = (octet & ~0x20) - 65
    return letter if 0 <= letter < 26 else 36


def _adapted(delta: int, size: int, *, first: bool) -> int:
    delta = delta // 700 if first else delta // 2
    delta += delta // size
    bias = 0
    while delta > 455:
        delta //= 35
        bias += 36
    return bias + 36 * delta // (delta + 38)
