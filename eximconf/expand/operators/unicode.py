"""Operators on UTF-8 and on internationalised names."""

from __future__ import annotations

import re

from eximconf.expand.operators.model import OperatorFunction, failed
from eximconf.message import idna
from eximconf.runtime.context import Context
from eximconf.runtime.printing import printing

_UTF8 = re.compile(
    r"([\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3})"  # a whole character
    r"|[\xc2-\xf7][\x80-\xbf]{0,2}([^\x80-\xbf]|\Z)"  # one that is broken off
    r"|[\x80-\xff]"
)
_MULTIBYTE = re.compile(r"[\xc0-\xff]")


def from_utf8(text: str, raw: str | None, ctx: Context) -> str:
    """UTF-8 to ISO-8859-1, ``_`` for what is not in it; other octets stay. Spec: ${from_utf8:<string>}.

    A last character that lacks more than one octet fails; real Exim reads past the string there.
    """
    parts: list[str] = []
    at = 0
    while lead := _MULTIBYTE.search(text, at):
        parts.append(text[at : lead.start()])
        more = _following(ord(lead[0]))
        tail = text[lead.end() : lead.end() + more]
        if len(tail) < more - 1:
            raise failed("UTF-8 text ends inside a character")
        code = ord(lead[0]) & (0x3F >> more)
        for char in tail.ljust(more, "\0"):
            code = code << 6 | ord(char) & 0x3F
        parts.append(chr(code) if code < 256 else "_")
        at = lead.end() + more
    parts.append(text[at:])
    return "".join(parts)


def _following(lead: int) -> int:
    """How many octets follow a leading one, by the old scheme with up to five."""
    return next(count for count, limit in enumerate((0xE0, 0xF0, 0xF8, 0xFC, 0x100), 1) if lead < limit)


def utf8clean(text: str, raw: str | None, ctx: Context) -> str:
    """A question mark for each invalid UTF-8 sequence. Spec: ${utf8clean:<string>}."""
    return text if text.isascii() else _UTF8.sub(_cleaned, text)


def _cleaned(match: re.Match[str]) -> str:
    character = match[1]
    if character is None:
        follower = match[2]
        return "?" + follower if follower and follower.isascii() else "?"
    too_large = character >= "\xf4\x90"
    surrogate = "\xed\xa0" <= character < "\xee"
    return "?" if too_large or surrogate else character


def _converted(text: str, ctx: Context, convert: idna.Conversion, failure: str) -> str:
    try:
        return convert(text)
    except idna.ConversionFault as fault:
        raise failed(failure.format(printing(text, ctx.settings), fault)) from None


_TO_ALABEL = "error converting utf8 ({}) to alabel: {}"
_FROM_ALABEL = "error converting alabel ({}) to utf8: {}"


def domain_to_alabel(text: str, raw: str | None, ctx: Context) -> str:
    """A domain in UTF-8 to its ASCII form. Spec: ${utf8_domain_to_alabel:<string>}."""
    converted = _converted(text, ctx, idna.domain_to_ascii, _TO_ALABEL)
    return text if converted == text else converted


def domain_from_alabel(text: str, raw: str | None, ctx: Context) -> str:
    """A domain in its ASCII form to UTF-8. Spec: ${utf8_domain_from_alabel:<string>}."""
    return _converted(text, ctx, idna.domain_to_unicode, _FROM_ALABEL)


def localpart_to_alabel(text: str, raw: str | None, ctx: Context) -> str:
    """A local part in UTF-8 to an ASCII form. Spec: ${utf8_localpart_to_alabel:<string>}."""
    return _converted(text, ctx, idna.local_part_to_ascii, _TO_ALABEL)


def localpart_from_alabel(text: str, raw: str | None, ctx: Context) -> str:
    """A local part back from that ASCII form. Spec: ${utf8_localpart_from_alabel:<string>}."""
    return _converted(text, ctx, idna.local_part_to_unicode, _FROM_ALABEL)


UNICODE_OPERATORS: dict[str, OperatorFunction] = {
    "from_utf8": from_utf8,
    "utf8clean": utf8clean,
    "utf8_domain_from_alabel": domain_from_alabel,
    "utf8_domain_to_alabel": domain_to_alabel,
    "utf8_localpart_from_alabel": localpart_from_alabel,
    "utf8_localpart_to_alabel": localpart_to_alabel,
}
