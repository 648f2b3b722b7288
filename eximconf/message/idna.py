"""Internationalised domain names and local parts, between UTF-8 and ASCII.

Domains follow IDNA 2008 with the non-transitional mapping of UTS 46 (RFC 5891, RFC 3492), as an Exim
linked with libidn2 has it. Texts are octets decoded as latin-1, on both sides. RFC 6530; Spec: 60
"Internationalisation".
"""

from __future__ import annotations

import re
from collections.abc import Callable

Conversion = Callable[[str], str]

_PREFIX = "xn--"
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_HOST_NAME = re.compile(r"[a-z0-9-]*")
_LARGEST = (1 << 32) - 1
_LABEL_MAX = 63

_BAD_PUNYCODE = "Invalid input"
_OVERFLOW = "String size limit exceeded"
_NO_ROOM = "Output would exceed the buffer space provided"


class ConversionFault(Exception):
    """Why a name cannot be converted, in the words of the library that Exim uses."""


def domain_to_ascii(text: str) -> str:
    """A UTF-8 domain with each label that needs it as ``xn--…``; a pure ASCII one as it is.

    Raises `ConversionFault`.
    """
    if text.isascii():
        return text
    import idna

    name = _utf8_decoded(text, "string encoding error")
    try:
        name = idna.uts46_remap(name, std3_rules=False, transitional=False)
    except idna.IDNAError:
        raise ConversionFault("string contains a disallowed character") from None
    return ".".join(_label_to_ascii(label) for label in _DOTS.split(name))


def domain_to_unicode(text: str) -> str:
    """A domain with its ``xn--…`` labels in UTF-8; what is no UTF-8 stays. Raises `ConversionFault`."""
    try:
        name = _utf8_decoded(text, "")
    except ConversionFault:
        return text
    labels = name.removesuffix(".").split(".")
    if "" in labels:
        return text
    return _utf8_encoded(".".join(_label_to_unicode(label) for label in labels))


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


def _punycode(name: str) -> str:
    return name.encode("punycode").decode("ascii")


def _label_to_ascii(label: str) -> str:
    if label.isascii():
        if label.startswith(_PREFIX):
            raise ConversionFault("domain label has character forbidden in non-transitional mode (TR46)")
        return label
    _check_label(label)
    coded = _PREFIX + _punycode(label)
    if len(coded) > _LABEL_MAX:
        raise ConversionFault("punycode encoded data will be too large")
    if not _HOST_NAME.fullmatch("".join(char for char in label if char.isascii())):
        raise ConversionFault("A-label roundtrip failed")
    return coded


def _check_label(label: str) -> None:
    """What RFC 5891 (5.4) asks of a label that is not ASCII. Raises `ConversionFault`."""
    import idna

    if label.startswith(_PREFIX):
        raise ConversionFault("string contains invalid punycode data")
    if label[2:4] == "--":
        raise ConversionFault("string contains forbidden two hyphens pattern")
    if label[0] == "-" or label[-1] == "-":
        raise ConversionFault("string start/ends with forbidden hyphen")
    try:
        idna.check_initial_combiner(label)
    except idna.IDNAError:
        raise ConversionFault("string contains a forbidden leading combining character") from None
    for position, char in enumerate(label):
        if not char.isascii():
            _check_character(label, position)
    try:
        idna.check_bidi(label)
    except idna.IDNAError:
        raise ConversionFault("string has forbidden bi-directional properties") from None


def _check_character(label: str, position: int) -> None:
    """Whether IDNA 2008 takes the character; rules about what stands beside it count for joiners only."""
    import idna
    from idna.idnadata import codepoint_classes
    from idna.intranges import intranges_contain

    code = ord(label[position])
    if intranges_contain(code, codepoint_classes["CONTEXTJ"]):
        try:
            joins = idna.valid_contextj(label, position)
        except ValueError:
            joins = False
        if not joins:
            raise ConversionFault("string contains a forbidden context-j character")
    elif not any(intranges_contain(code, codepoint_classes[kind]) for kind in ("PVALID", "CONTEXTO")):
        raise ConversionFault("string contains a disallowed character")


def _label_to_unicode(label: str) -> str:
    return decode_punycode(label[len(_PREFIX) :]) if label.startswith(_PREFIX) else label


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
