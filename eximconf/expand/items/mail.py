"""Items on mail addresses and folders: prvs, SRS, IMAP folder names, Authentication-Results.

Spec: 11.5, 44.27 "Bounce address tag validation", 58.2 "SRS", 60.2, 11.5 "authresults".
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from eximconf.expand.code import Code, first_fault
from eximconf.expand.compiler import Compiler
from eximconf.expand.items import PlainItem, compile_plain
from eximconf.mailauth.memory import elements as checked
from eximconf.runtime.calendar import now
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import ascii_lower, taint_like, untaint
from eximconf.syntax.expansion_nodes import Item

if TYPE_CHECKING:
    from eximconf.match.regex import Regex

_DAY = 86400
_LONGEST_KEY = 64
_PRVS = r"^prvs\=([0-9])([0-9]{3})([A-F0-9]{6})\=(.+)\@(.+)$"
_PRVS_LIFE = 7
_SRS = r"^SRS0\=([^=]+)\=([A-Z2-7]{2})\=([^=]*)\=(.*)$"
_SRS_LIFE = 10
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_NEEDS_QUOTES = re.compile(r"[^A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]")


# Bounce address tags -------------------------------------------------------------------------------


def _day(ctx: Context) -> int:
    return int(now(ctx)) // _DAY


def _prvs_hash(address: str, secret: str, key_number: str, day: str) -> str:
    """The six digits of a tag, or "" for a secret that is too long."""
    if len(secret) > _LONGEST_KEY:
        return ""
    text = f"{key_number}{day}{address}"
    return hmac.new(secret.encode("latin-1"), text.encode("latin-1"), "sha1").hexdigest()[:6]


def prvs(arguments: Sequence[str], ctx: Context) -> str:
    """``${prvs{address}{secret}{key number}}``: the address with a tag that is good for seven days.

    The tag is the key number, the day modulo 1000 on which it ends, and the start of an HMAC-SHA-1.
    """
    address, secret, *rest = arguments
    key_number = rest[0] if rest else "0"
    local_part, _, domain = address.rpartition("@")
    if not local_part or not domain:
        raise ExpansionFailed("prvs first argument must be a qualified email address")
    if rest and not (len(key_number) == 1 and key_number in "0123456789"):
        raise ExpansionFailed("prvs third argument must be a single digit")
    day = f"{(_day(ctx) + _PRVS_LIFE) % 1000:03d}"
    digits = _prvs_hash(address, secret, key_number, day)
    if not digits:
        raise ExpansionFailed("prvs hmac-sha1 conversion failed")
    return taint_like(f"prvs={key_number}{day}{digits}={address}", address, key_number)


def compile_prvscheck(compiler: Compiler, node: Item) -> Code:
    """``${prvscheck{address}{secret}{string}}``.

    An address without a tag gives an empty string. One with a tag, right or wrong, gives the third
    string, or the address without the tag where that string is empty or absent; ``$prvscheck_result``
    tells whether the tag was right, and stays set. ``$1`` … are the parts of the tag afterwards.
    """
    codes = [compiler.string(argument) for argument in node.arguments]
    runs = [code.run for code in codes]
    end = node.fault.message if node.fault else None

    def run(ctx: Context) -> str:
        variables = ctx.variables
        variables.pop("prvscheck_result", None)
        found = _regex(_PRVS).search(runs[0](ctx))
        if found is None:
            for part in runs[1:]:
                part(ctx)
            _raise(end)
            return ""
        ctx.numbers = found.numbers()
        _, key_number, day, digits, local_part, domain = ctx.numbers
        address = variables["prvscheck_address"] = taint_like(f"{local_part}@{domain}", local_part)
        variables["prvscheck_keynum"] = key_number
        if _tag_is_right(address, key_number, day, digits, runs[1](ctx), ctx):
            variables["prvscheck_result"] = "1"
        result = runs[2](ctx) if len(runs) > 2 else ""
        _raise(end)
        for name in ("prvscheck_address", "prvscheck_keynum"):  # an item inside may have done so
            variables.pop(name, None)
        return result or address

    return Code(run, first_fault(*(code.fault for code in codes), end))


def _tag_is_right(address: str, key_number: str, day: str, digits: str, secret: str, ctx: Context) -> bool:
    wanted = _prvs_hash(address, secret, key_number, day)
    if not wanted:
        raise ExpansionFailed("hmac-sha1 conversion failed")
    last, today = int(day), _day(ctx) % 1000
    if last < _PRVS_LIFE and today >= 1000 - _PRVS_LIFE:  # the last days of a thousand
        today = 0
    return digits == wanted and last >= today


def _raise(message: str | None) -> None:
    if message is not None:
        raise ExpansionFailed(message)


def _regex(pattern: str) -> Regex:
    from eximconf.match.regex import compile_regex

    return compile_regex(pattern, True)


# SRS -----------------------------------------------------------------------------------------------


def _srs_hash(secret: str, address: str) -> str:
    text = ascii_lower(address).encode("latin-1")
    return hmac.new(secret.encode("latin-1"), text, "md5").hexdigest()[:4]


def srs_encode(arguments: Sequence[str], ctx: Context) -> str:
    """``${srs_encode{secret}{return path}{domain}}``: the sender as an SRS address in *domain*.

    Its parts are the start of an HMAC-MD5, the day modulo 1024 in base 32, domain and local part. An
    empty sender gives an empty string; one with quotes loses them and the whole gets them.
    """
    from eximconf.message.addresses import AddressFault, AddressSyntax, parse_address

    secret, sender, domain = arguments
    if not sender:
        return ""
    found = parse_address(sender, AddressSyntax.from_settings(ctx.settings))
    if isinstance(found, AddressFault):
        raise ExpansionFailed(found.message)
    bare = found.local_part.replace('"', "")
    day = _day(ctx)
    stamp = _BASE32[day >> 5 & 31] + _BASE32[day & 31]
    local_part = f"SRS0={_srs_hash(secret, sender)}={stamp}={found.domain}={bare}"
    if bare != found.local_part:
        local_part = f'"{local_part}"'
    return taint_like(f"{local_part}@{domain}", sender, domain)


def decode_srs(address: str, secret: str, ctx: Context) -> bool:
    """Whether *address*, a local part, is an SRS one of the last ten days made with *secret*.

    Sets ``$srs_recipient`` for everything of that form; with an empty secret no more is asked.
    Spec: ``inbound_srs`` in 11.7.
    """
    found = _regex(_SRS).search(address)
    if found is None:
        return False
    digits, stamp, domain, local_part = (found.group(number) or "" for number in range(1, 5))
    if _NEEDS_QUOTES.search(address):
        local_part = f'"{local_part}"'
    recipient = ctx.variables["srs_recipient"] = taint_like(ascii_lower(f"{local_part}@{domain}"), address)
    if not secret:
        return True
    day = _base32(stamp)
    if day is None or (_day(ctx) - day) & 1023 > _SRS_LIFE:
        return False
    return digits == _srs_hash(secret, recipient)


def _base32(digits: str) -> int | None:
    """The number that small base 32 digits stand for; None if there are others."""
    value = 0
    for digit in digits:
        place = _BASE32.find(digit)
        if place < 0:
            return None
        value = value << 5 | place
    return value


# IMAP ----------------------------------------------------------------------------------------------


def imapfolder(arguments: Sequence[str], ctx: Context) -> str:
    """``${imapfolder{name}{separator}{specials}}``: a folder name in IMAP's modified UTF-7 (RFC 3501).

    The name is in the character set of ``headers_charset``. A separator becomes a dot, several a single
    one; one at the start and those at the end are dropped. *specials* are coded as if they were no ASCII.
    Only a name that stays as it is stays tainted.
    """
    name, separator, specials = (*map(untaint, arguments), *("/", "")[len(arguments) - 1 :])
    if len(separator) != 1:
        shown = quoted(separator, ctx.settings, ctx.target)
        raise ExpansionFailed(f"IMAP folder separator must be one character, found {shown}")
    parts = _folder_parts(name.removeprefix(separator), separator)
    folder = ".".join(_folder_part(part, specials, ctx) for part in parts)
    return taint_like(folder, arguments[0]) if folder == name else folder


def _folder_parts(name: str, separator: str) -> list[str]:
    if not " " <= separator <= "~":  # such an octet is coded before it could separate
        return [name]
    first, *rest = name.rstrip(separator).split(separator)
    return [first, *(part for part in rest if part)]


def _folder_part(part: str, specials: str, ctx: Context) -> str:
    out = []
    for special, run in groupby(part, lambda char: not " " <= char <= "~" or char in specials):
        text = "".join(run)
        out.append(_utf7(text, ctx) if special else _plain_folder(text))
    return "".join(out)


def _plain_folder(text: str) -> str:
    wrong = next((char for char in text if char in "./"), None)
    if wrong is not None:
        raise ExpansionFailed(f"imapfolder: illegal character '{wrong}'")
    return text.replace("&", "&-")


def _compile_imapfolder(compiler: Compiler, node: Item) -> Code:
    """From 4.97 on one that is read over fails where a separator is given: Exim finds that empty then."""
    code = compile_plain(compiler, node, imapfolder)
    if len(node.arguments) < 2:
        return code
    separator = compiler.string(node.arguments[1]).constant
    if at_least(compiler.dialect.target, "4.97"):
        separator = ""
    if separator is None or len(separator) == 1:
        return code
    return Code(code.run, first_fault(code.fault, f'IMAP folder separator must be one character, found "{separator}"'))


def _utf7(text: str, ctx: Context) -> str:
    from binascii import b2a_base64

    from eximconf.message.rfc2047 import charset_codec

    charset = ctx.settings.get("headers_charset", "ISO-8859-1")
    codec = charset_codec(charset or "UTF-8")
    if codec is None:
        raise ExpansionFailed(
            f'imapfolder: iconv_open("UTF-16BE", "{charset}") failed: Invalid argument (maybe unsupported conversion)'
        )
    octets = text.encode("latin-1")
    try:
        wide = octets.decode(codec).encode("utf-16-be")
    except UnicodeDecodeError as fault:
        cut = fault.end == len(octets) and fault.reason in ("unexpected end of data", "truncated data")
        reason = "Invalid argument" if cut else "Invalid or incomplete multibyte or wide character"
        raise ExpansionFailed(f"imapfolder: iconv() failed to convert from {charset}: {reason}") from None
    return f"&{b2a_base64(wide, newline=False).decode('ascii').rstrip('=').replace('/', ',')}-"


# Authentication-Results ------------------------------------------------------------------------------


def authresults(arguments: Sequence[str], ctx: Context) -> str:
    """``${authresults{host name}}``: the header line with all that was found out about this message.

    The reverse look-up of the client is read from the variables; the other elements come from the
    service, or from what the ACLs had checked. No look-up is started for it.
    """
    elements = _reverse_lookup(ctx)
    if ctx.services.authentication is not None:
        elements += ctx.services.authentication.results()
    else:
        elements += checked(ctx)
    line = "".join((f"Authentication-Results: {arguments[0]}", *(f";\n\t{element}" for element in elements)))
    return taint_like(line, arguments[0], *elements)


def _reverse_lookup(ctx: Context) -> list[str]:
    variables = ctx.variables
    name = variables.get("sender_host_name", "")
    if name:
        result = f"pass ({name})"
    elif variables.get("host_lookup_deferred") == "1":
        result = "temperror"
    elif variables.get("host_lookup_failed") == "1":
        result = "fail"
    else:
        return []
    address = variables.get("sender_host_address", "")
    shown = f"iprev={result}" + (f" smtp.remote-ip={address}" if address else "")
    return [taint_like(shown, name)]


COMPILERS = {"imapfolder": _compile_imapfolder, "prvscheck": compile_prvscheck}
PLAIN: dict[str, PlainItem] = {
    "authresults": authresults,
    "prvs": prvs,
    "srs_encode": srs_encode,
}
