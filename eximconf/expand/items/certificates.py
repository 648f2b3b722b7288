"""``${certextract}``: fields of the certificate that a variable holds. Spec: 11.5.

A certificate variable keeps PEM text. What the fields look like is the work of Exim's TLS library; this
follows a build with OpenSSL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from eximconf.expand.code import Code, failing
from eximconf.expand.compiler import Compiler
from eximconf.expand.items.branches import BranchCode, code_of_value
from eximconf.expand.operator_code import CERTIFICATES
from eximconf.expand.variables import compile_variable
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE, append_item, split
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.syntax.expansion_nodes import Branches, Item, Text

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.x509 import Certificate, GeneralName, Name

# The modifier is what follows the comma behind the field's name, None without one.
Field = Callable[["Certificate", "str | None", Context], "str | None"]

_ALT_MODIFIER = re.compile(r"(?:>(?P<separator>.)|(?P<kind>dns|uri|mail)|.),?", re.DOTALL)
_ALGORITHMS = {
    "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
    "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
    "1.2.840.113549.1.1.10": "rsassaPss",
    "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
    "1.2.840.113549.1.1.14": "sha224WithRSAEncryption",
    "1.2.840.10040.4.3": "dsaWithSHA1",
    "2.16.840.1.101.3.4.3.1": "dsa_with_SHA224",
    "2.16.840.1.101.3.4.3.2": "dsa_with_SHA256",
    "1.2.840.10045.4.1": "ecdsa-with-SHA1",
    "1.2.840.10045.4.3.1": "ecdsa-with-SHA224",
    "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
    "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
    "1.3.101.112": "ED25519",
    "1.3.101.113": "ED448",
}


def compile_certextract(compiler: Compiler, node: Item) -> Code:
    """``${certextract{field}{$variable}…}``; reading over it looks at nothing but the field and the strings."""
    field = compiler.string(node.arguments[0])
    argument = node.arguments[1]
    name = argument.raw[1:] if type(argument) is Text else ""
    message = _variable_fault(compiler, name)
    if message is not None:
        branches = BranchCode(compiler, node.branches or Branches(None, None, False), "certextract")
        return Code(failing(message, (field.run,)), field.fault or branches.fault)
    selector = field.run

    def find(ctx: Context) -> str | None:
        wanted = selector(ctx).strip(SPACE)
        pem = ctx.variables.get(name, "")
        return extract_field(pem, wanted, ctx) if pem else None

    return code_of_value(compiler, node.branches, "certextract", find, field.fault)


def _variable_fault(compiler: Compiler, name: str) -> str | None:
    if name in CERTIFICATES:
        return None
    known = re.fullmatch("[A-Za-z0-9_]+", name) and compile_variable(name, False, compiler.dialect).fault is None
    return f'"{name}" is not a certificate' if known else f'no variable named "{name}"'


def extract_field(pem: str, selector: str, ctx: Context) -> str | None:
    """The field *selector* (``subject,CN``) of the certificate *pem*; None if it has none.

    Raises `ExpansionFailed` for an unknown field, and if *pem* is no certificate.
    """
    name = next((name for name in FIELDS if selector.startswith(name)), None)
    if name is None:
        raise ExpansionFailed(f'bad field selector "{selector}" for certextract')
    rest = selector[len(name) :]
    return FIELDS[name](load_certificate(pem), rest[1:] if rest.startswith(",") else None, ctx)


def load_certificate(pem: str) -> Certificate:
    """The certificate in PEM text. Raises `ExpansionFailed`."""
    try:
        from cryptography.x509 import load_pem_x509_certificate
    except ImportError:
        from eximconf.runtime.services import no_service

        raise no_service("certificate") from None
    try:
        return load_pem_x509_certificate(pem.encode("latin-1"))
    except ValueError:
        raise ExpansionFailed("not a certificate") from None


# Fields --------------------------------------------------------------------------------------------


def _version(certificate: Certificate, _modifier: str | None, _ctx: Context) -> str:
    return str(certificate.version.value)


def _serial_number(certificate: Certificate, _modifier: str | None, _ctx: Context) -> str:
    digits = f"{certificate.serial_number:x}"
    return digits if len(digits) % 2 == 0 else "0" + digits


def _subject(certificate: Certificate, modifier: str | None, _ctx: Context) -> str | None:
    return _of_name(certificate.subject, modifier)


def _issuer(certificate: Certificate, modifier: str | None, _ctx: Context) -> str | None:
    return _of_name(certificate.issuer, modifier)


def _of_name(name: Name, modifier: str | None) -> str | None:
    from eximconf.expand.distinguished_name import rfc2253_name

    text = rfc2253_name(name)
    return text if modifier is None else _select_parts(text, modifier)


def _select_parts(name: str, modifier: str) -> str | None:
    """The parts of a distinguished name as a list: all, or the values of one type."""
    separator, wanted = "\n", ""
    for word in split(modifier, ",")[0]:
        if word.startswith(">"):
            separator = word[1:2] or separator
        elif word:
            wanted = word + "="
    found = ""
    for part in split(name.replace("\\,", ",,"), ",")[0]:
        if part.startswith(wanted):
            found = append_item(found, separator, part[len(wanted) :])
    return found or None


def _not_before(certificate: Certificate, modifier: str | None, ctx: Context) -> str:
    return _time(certificate.not_valid_before_utc, modifier, ctx)


def _not_after(certificate: Certificate, modifier: str | None, ctx: Context) -> str:
    return _time(certificate.not_valid_after_utc, modifier, ctx)


def _time(moment: datetime, modifier: str | None, ctx: Context) -> str:
    from eximconf.runtime.calendar import certificate_date, local_time, zone_offset

    seconds = int(moment.timestamp())
    if modifier == "int":
        return str(seconds)
    if modifier == "raw":
        return certificate_date(moment.timetuple()) + " GMT"
    local = local_time(ctx, seconds)
    return f"{certificate_date(local)} {zone_offset(local)}"


def _sig_algorithm(certificate: Certificate, _modifier: str | None, _ctx: Context) -> str:
    number = certificate.signature_algorithm_oid.dotted_string
    return _ALGORITHMS.get(number, number)


def _signature(certificate: Certificate, _modifier: str | None, _ctx: Context) -> str:
    return certificate.signature.hex(":")


def _subj_altname(certificate: Certificate, modifier: str | None, _ctx: Context) -> str | None:
    """The alternative names, last one first, with their kinds before them unless one kind is selected."""
    from cryptography import x509

    kinds = {x509.DNSName: "dns", x509.UniformResourceIdentifier: "uri", x509.RFC822Name: "mail"}
    separator, only = "\n", ""
    for found in _ALT_MODIFIER.finditer(modifier or ""):
        separator, only = found["separator"] or separator, found["kind"] or only
    text = ""
    for name in reversed(_general_names(certificate)):
        kind, value = kinds.get(type(name), ""), name.value
        if not kind or "\0" in value or (only and kind != only):
            continue
        if only:
            text = append_item(text, separator, value)
        else:
            text = _append_tagged(text, separator, f"{kind.upper()}={value}")
    return text or None


def _append_tagged(text: str, separator: str, item: str) -> str:
    """As `append_item`, but where the item holds the separator, the one before it is doubled too."""
    double = separator * 2
    before = (double if separator in item else separator) if text else ""
    return f"{text}{before}{item.replace(separator, double)}"


def _general_names(certificate: Certificate) -> Sequence[GeneralName]:
    from cryptography.x509 import ExtensionNotFound, SubjectAlternativeName

    try:
        return list(certificate.extensions.get_extension_for_class(SubjectAlternativeName).value)
    except (ExtensionNotFound, ValueError):
        return ()


def _ocsp_uri(certificate: Certificate, modifier: str | None, _ctx: Context) -> str | None:
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID

    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return None
    found = [one.access_location for one in access if one.access_method == AuthorityInformationAccessOID.OCSP]
    return _uris(found, modifier)


def _crl_uri(certificate: Certificate, modifier: str | None, _ctx: Context) -> str | None:
    from cryptography import x509

    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return None
    return _uris([name for point in points for name in point.full_name or ()], modifier)


def _uris(names: Sequence[GeneralName], modifier: str | None) -> str | None:
    from cryptography.x509 import UniformResourceIdentifier

    separator = modifier[1] if modifier and modifier[0] == ">" and len(modifier) > 1 else "\n"
    text = ""
    for name in names:
        if isinstance(name, UniformResourceIdentifier):
            text = append_item(text, separator, name.value)
    return text or None


FIELDS: dict[str, Field] = {
    "crl_uri": _crl_uri,
    "issuer": _issuer,
    "notafter": _not_after,
    "notbefore": _not_before,
    "ocsp_uri": _ocsp_uri,
    "serial_number": _serial_number,
    "sig_algorithm": _sig_algorithm,
    "signature": _signature,
    "subj_altname": _subj_altname,
    "subject": _subject,
    "version": _version,
}
COMPILERS = {"certextract": compile_certextract}
