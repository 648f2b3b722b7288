"""Distinguished names as text in the manner of OpenSSL: RFC 2253, the last part first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Name, NameAttribute

_SPECIAL = frozenset(',+"\\<>;')
_SHORT_NAMES = {
    "2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST",
    "2.5.4.9": "street", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title", "2.5.4.13": "description",
    "2.5.4.15": "businessCategory", "2.5.4.16": "postalAddress", "2.5.4.17": "postalCode", "2.5.4.18": "postOfficeBox",
    "2.5.4.20": "telephoneNumber", "2.5.4.41": "name", "2.5.4.42": "GN", "2.5.4.43": "initials",
    "2.5.4.44": "generationQualifier", "2.5.4.45": "x500UniqueIdentifier", "2.5.4.46": "dnQualifier",
    "2.5.4.65": "pseudonym", "2.5.4.72": "role", "2.5.4.97": "organizationIdentifier",
    "0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.3": "mail", "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress", "1.2.840.113549.1.9.2": "unstructuredName",
    "1.2.840.113549.1.9.8": "unstructuredAddress", "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
    "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST", "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
}  # fmt: skip


def rfc2253_name(name: Name) -> str:
    """*name* in one line: ``CN=mail.example.com,O=Acme\\\\, Inc,C=GB``; the parts of one set joined by ``+``."""
    return ",".join("+".join(_part(attribute) for attribute in reversed(list(part))) for part in reversed(name.rdns))


def slashed_name(name: Name) -> str:
    """*name* as Exim logs it where it is built with OpenSSL: ``/C=GB/O=Acme/CN=mail.example.com``."""
    return "".join(f"/{_slashed(attribute)}" for part in name.rdns for attribute in part)


def _slashed(attribute: NameAttribute[str | bytes]) -> str:
    number = attribute.oid.dotted_string
    value = attribute.value.decode("latin-1") if isinstance(attribute.value, bytes) else attribute.value
    return f"{_SHORT_NAMES.get(number, number)}={value.encode('utf-8').decode('latin-1')}"


def _part(attribute: NameAttribute[str | bytes]) -> str:
    number = attribute.oid.dotted_string
    short = _SHORT_NAMES.get(number)
    if short is None:
        return f"{number}=#{_value_der(attribute).hex().upper()}"
    value = attribute.value if isinstance(attribute.value, bytes) else attribute.value.encode("utf-8")
    return f"{short}={_escaped(value)}"


def _escaped(value: bytes) -> str:
    text = "".join(_escaped_octet(octet) for octet in value)
    if value[:1] in (b" ", b"#"):
        text = "\\" + text
    if value[-1:] == b" " and len(value) > 1:
        text = text[:-1] + "\\ "
    return text


def _escaped_octet(octet: int) -> str:
    char = chr(octet)
    if char in _SPECIAL:
        return "\\" + char
    return char if " " <= char <= "~" else f"\\{octet:02X}"


def _value_der(attribute: NameAttribute[str | bytes]) -> bytes:
    """The value of *attribute* in DER, tag and length included."""
    from cryptography.x509 import Name

    rest = Name([attribute]).public_bytes()
    for _ in range(3):  # the sequence, the set and the sequence around type and value
        rest = _contents(rest)[0]
    return _contents(rest)[1]


def _contents(der: bytes) -> tuple[bytes, bytes]:
    """The contents of the first DER value, and what follows it."""
    length, at = der[1], 2
    if length & 0x80:
        at += length & 0x7F
        length = int.from_bytes(der[2:at], "big")
    return der[at : at + length], der[at + length :]
