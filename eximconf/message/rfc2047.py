"""Encoded words of header lines (``=?charset?Q?…?=``). RFC 2047; Spec: ${rfc2047:}, ${rfc2047d:}."""

from __future__ import annotations

import codecs
import re

from eximconf.runtime.machine import SPACES

MAX_WORD = 75
_SAFE = frozenset(chr(octet) for octet in range(33, 127)) - frozenset('?=()<>@,;:\\".[]_')
_HEX_PAIR = re.compile(r"=([0-9A-Fa-f]{2})")
_BAD_QUOTED = re.compile(r"[ \t]|=(?![0-9A-Fa-f]{2})")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_NO_SPACES = str.maketrans("", "", SPACES)
# Python's codecs that are no character sets.
_NOT_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})


def encode(text: str, charset: str, *, fold: bool = False, count_leader: bool = True) -> str:
    """*text* as encoded words if an octet needs it, else unchanged; a space alone needs none.

    A word is closed when it is about to grow too long; *fold* starts the next on a new line.
    *count_leader*: what stands before the text of the first word counts (before 4.99 it does not).
    """
    leader = f"=?{charset}?Q?"
    parts = [leader]
    length, coded, inside_character = len(leader) if count_leader else 0, False, False
    for char in text:
        if length > 67 and not inside_character:
            parts.append(f"?=\n {leader}" if fold else f"?= {leader}")
            length = len(leader)
        if char in _SAFE or char == " ":
            piece, inside_character = ("_" if char == " " else char), False
        else:
            piece, coded, inside_character = f"={ord(char):02X}", True, not inside_character
        parts.append(piece)
        length += len(piece)
    return "".join(parts) + "?=" if coded else text


def decode(text: str, charset: str | None, *, check_length: bool = True, nul: str = "?") -> tuple[str, str]:
    """*text* with its encoded words decoded and converted to *charset* (None: as they are).

    White space between two words goes; words longer than 75 octets stay if *check_length*; a NUL
    becomes *nul*. Returns the text and an error: empty, or why the last failing word could not be
    converted (its octets are then in the text unconverted).
    """
    word = _next_word(text, 0, check_length)
    parts: list[str] = []
    at, error = 0, ""
    while word is not None:
        start, end, source, data = word
        parts.append(text[at:start])
        if charset is not None and source.lower() != charset.lower():
            data, problem = convert(data, source, charset)
            error = problem or error
        parts.append(data.replace("\0", nul))
        at = end
        word = _next_word(text, at, check_length)
        if word is not None and not text[at : word[0]].strip(SPACES):
            at = word[0]
    parts.append(text[at:])
    return "".join(parts), error


def convert(octets: str, source: str, target: str) -> tuple[str, str]:
    """*octets* from character set *source* to *target* as iconv does, and an error or empty.

    From the first octet that cannot be converted on, all are left as they are, without an error; if *target* ends
    in ``//IGNORE``, characters that it does not have are left out.
    """
    name, ignores, _ = target.partition("//IGNORE")
    decoder, encoder = charset_codec(source), charset_codec(name)
    if decoder is None or encoder is None:
        problem = "failed: Invalid argument (maybe unsupported conversion)"
        return octets, f'iconv_open("{target}", "{source}") {problem}'
    data = octets.encode("latin-1")
    characters, used = _decoded(data, decoder)
    try:
        result = characters.encode(encoder, "ignore" if ignores else "strict")
    except UnicodeEncodeError as fault:
        characters = characters[: fault.start]
        result = characters.encode(encoder, "ignore")
        used = len(characters.encode(decoder, "ignore")) if characters else 0
    except (UnicodeError, ValueError):
        return octets, ""
    return (result + data[used:]).decode("latin-1"), ""


def charset_codec(name: str) -> str | None:
    """The codec for a character set name, or None if there is no such character set. An empty name is
    the character set of the C locale."""
    try:
        info = codecs.lookup(name or "ascii")
    except (LookupError, UnicodeError, ValueError):
        return None
    is_text = getattr(info, "_is_text_encoding", True)
    return info.name if is_text and info.name.replace("-", "_") not in _NOT_CHARSETS else None


def decode_base64(text: str) -> str | None:
    """The octets that base64 *text* stands for, white space ignored; None if it is malformed."""
    import binascii

    packed = text.translate(_NO_SPACES)
    if not _BASE64.fullmatch(packed):
        return None
    return binascii.a2b_base64(packed.encode("latin-1")).decode("latin-1")


def _decoded(data: bytes, codec: str) -> tuple[str, int]:
    """The characters up to the first bad octet, and how many octets they took."""
    try:
        return data.decode(codec), len(data)
    except UnicodeDecodeError as fault:
        good = data[: fault.start]
    except (UnicodeError, ValueError):
        return "", 0
    try:
        return good.decode(codec), len(good)
    except (UnicodeError, ValueError):
        return "", 0


def _next_word(text: str, at: int, check_length: bool) -> tuple[int, int, str, str] | None:
    """Start, end, character set and decoded octets of the next good encoded word."""
    while True:
        start = text.find("=?", at)
        first = text.find("?", start + 2) if start >= 0 else -1
        second = text.find("?", first + 1) if first >= 0 else -1
        end = text.find("?=", second + 1) if second >= 0 else -1
        if end < 0:
            return None
        at = start + 2
        if second - first != 2 or (check_length and end - start > MAX_WORD - 2):
            continue
        data = _decoded_word(text[first + 1], text[second + 1 : end])
        if data is not None:
            return start, end + 2, text[start + 2 : first], data


def _decoded_word(encoding: str, body: str) -> str | None:
    if encoding in "Bb":
        return decode_base64(body)
    if encoding not in "Qq" or _BAD_QUOTED.search(body):
        return None
    return _HEX_PAIR.sub(lambda pair: chr(int(pair[1], 16)), body.replace("_", " "))
