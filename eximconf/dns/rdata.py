"""The data of records in text: read from a zone file, and written as one.

One row a type; what has no row is written in the form of RFC 3597 (``TYPE65280 \\# 2 abcd``), which any
type may use. RFC 1035, 2782, 3596, 6698, 8659.
"""

from __future__ import annotations

import binascii
import socket
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

from eximconf.dns.names import escaped_octet, labels_of, name_of
from eximconf.runtime.dns_answer import Caa, Mx, RecordData, Soa, Srv, Tlsa

_TIME_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LONGEST_STRING = 255


class Word(NamedTuple):
    """A word of a zone file. *text* has its backslashes still; *quoted*: it stood in double quotes."""

    text: str
    quoted: bool
    start: int
    end: int


class BadData(Exception):
    """Data that does not fit its type; *word* is what does not, None for the whole."""

    def __init__(self, message: str, word: Word | None = None) -> None:
        super().__init__(message)
        self.word = word


Words = Sequence[Word]
Reader = Callable[[Words, str], RecordData]


def read_data(kind: str, words: Words, origin: str) -> RecordData:
    """The data that *words* give a record of *kind*; *origin* completes relative names. Raises `BadData`."""
    if words and words[0].text == "\\#" and not words[0].quoted:
        if kind in _TYPES:
            raise BadData(f"{kind} data in numbers is not read here; write it in words", words[0])
        return _read_octets(words)
    row = _TYPES.get(kind)
    if row is None:
        raise BadData(f"write the data of a {kind} record as \\# <length> <hexadecimal octets>")
    if row.words and len(words) != row.words:
        raise BadData(f"{kind} takes {row.form}")
    return row.read(words, origin)


def write_data(kind: str, data: RecordData) -> str:
    """*data* as `read_data` takes it, names with a dot at their end."""
    row = _TYPES.get(kind)
    if row is not None:
        return row.write(data)
    octets = cast(str, data).encode("latin-1")
    return f"\\# {len(octets)} {octets.hex()}".rstrip()


def is_kind(text: str) -> bool:
    """Whether *text* (in capitals) names a type of record."""
    return text in _TYPES or (text[:4] == "TYPE" and text[4:].isdecimal() and text.isascii())


def read_name(word: Word, origin: str) -> str:
    """The name in *word*: ``@`` is *origin*, and a name without a dot at its end is below it."""
    text = word.text
    if text == "@" and not word.quoted:
        return origin
    if origin and not _ends_with_dot(text):
        text = f"{text}.{origin}"
    labels = labels_of(text)
    if labels is None:
        raise BadData(f"{word.text} is no domain name", word)
    return name_of(labels)


def read_seconds(text: str) -> int | None:
    """A number of seconds, or a time such as ``1h30m``; None if it is neither."""
    if not text.isascii() or not text[:1].isdecimal() or len(text) > 30:
        return None
    total, digits = 0, ""
    for char in text.lower():
        if char.isdecimal():
            digits += char
        elif char in _TIME_UNITS and digits:
            total += int(digits) * _TIME_UNITS[char]
            digits = ""
        else:
            return None
    total += int(digits or "0")
    return total if total < 1 << 32 else None


def read_string(word: Word) -> str:
    """The octets of a character string."""
    text, at, octets = word.text, 0, []
    while at < len(text):
        char = text[at]
        if char == "\\":
            char, at = escaped_octet(text, at)
            if not char:
                raise BadData(f"bad number behind a backslash in {text}", word)
        octets.append(char)
        at += 1
    if len(octets) > _LONGEST_STRING:
        raise BadData(f"a string of {len(octets)} octets: 255 is the most, write several", word)
    return "".join(octets)


def write_string(octets: str) -> str:
    """*octets* as a quoted character string."""
    return '"' + "".join(_string_octet(octet) for octet in octets) + '"'


def _string_octet(octet: str) -> str:
    if octet in '"\\':
        return "\\" + octet
    return octet if " " <= octet <= "~" else f"\\{ord(octet):03d}"


def _ends_with_dot(text: str) -> bool:
    """Whether *text* ends in a dot that no backslash makes plain."""
    before = text[:-1]
    return text.endswith(".") and (len(before) - len(before.rstrip("\\"))) % 2 == 0


def _number(word: Word, bits: int) -> int:
    text = word.text
    if not (text.isascii() and text.isdecimal() and len(text) < 12) or int(text) >= 1 << bits:
        raise BadData(f"{text} is no number below {1 << bits}", word)
    return int(text)


def _address(family: int, what: str) -> Reader:
    def read(words: Words, origin: str) -> RecordData:
        try:
            packed = socket.inet_pton(family, words[0].text)
        except (OSError, ValueError):  # ValueError: text that is not ASCII, or holds a zero
            raise BadData(f"{words[0].text} is no {what} address", words[0]) from None
        return socket.inet_ntop(family, packed)

    return read


def _read_host(words: Words, origin: str) -> RecordData:
    return read_name(words[0], origin)


def _read_mx(words: Words, origin: str) -> RecordData:
    return Mx(_number(words[0], 16), read_name(words[1], origin))


def _read_srv(words: Words, origin: str) -> RecordData:
    priority, weight, port = (_number(word, 16) for word in words[:3])
    return Srv(priority, weight, port, read_name(words[3], origin))


def _read_soa(words: Words, origin: str) -> RecordData:
    numbers = []
    for word in words[2:]:
        seconds = read_seconds(word.text)
        if seconds is None:
            raise BadData(f"{word.text} is no time", word)
        numbers.append(seconds)
    return Soa(read_name(words[0], origin), read_name(words[1], origin), *numbers)


def _read_strings(words: Words, origin: str) -> RecordData:
    if not words:
        raise BadData("at least one string is needed")
    return tuple(read_string(word) for word in words)


def _read_tlsa(words: Words, origin: str) -> RecordData:
    if len(words) < 3:
        raise BadData("TLSA takes <usage> <selector> <matching type> <hexadecimal octets>")
    usage, selector, matching = (_number(word, 8) for word in words[:3])
    return Tlsa(usage, selector, matching, _octets(words[3:]))


def _read_caa(words: Words, origin: str) -> RecordData:
    return Caa(_number(words[0], 8), read_string(words[1]), read_string(words[2]))


def _read_octets(words: Words) -> str:
    if len(words) < 2:
        raise BadData("\\# takes a length and hexadecimal octets", words[0])
    octets = _octets(words[2:])
    if len(octets) != _number(words[1], 16):
        raise BadData(f"{len(octets)} octets are given", words[1])
    return octets


def _octets(words: Words) -> str:
    digits = "".join(word.text for word in words)
    try:
        return binascii.unhexlify(digits).decode("latin-1")
    except ValueError:  # binascii.Error, and text that is not ASCII
        raise BadData("hexadecimal octets are wanted", words[0] if words else None) from None


def _write_host(data: RecordData) -> str:
    return f"{cast(str, data)}."


def _write_fields(data: RecordData) -> str:
    """Numbers as they are, names (all the texts of these types) with a dot at their end."""
    fields = cast("tuple[object, ...]", data)
    return " ".join(f"{field}." if isinstance(field, str) else str(field) for field in fields)


def _write_strings(data: RecordData) -> str:
    return " ".join(write_string(string) for string in cast("tuple[str, ...]", data))


def _write_tlsa(data: RecordData) -> str:
    record = cast(Tlsa, data)
    octets = record.data.encode("latin-1").hex()
    return f"{record.usage} {record.selector} {record.matching_type} {octets}".rstrip()


def _write_caa(data: RecordData) -> str:
    record = cast(Caa, data)
    return f"{record.flags} {write_string(record.tag)} {write_string(record.value)}"


class _Type(NamedTuple):
    """How a type is read and written. *words*: how many it takes, 0 for any number; *form*: which."""

    words: int
    form: str
    read: Reader
    write: Callable[[RecordData], str]


_HOST = _Type(1, "<name>", _read_host, _write_host)
_STRINGS = _Type(0, "strings", _read_strings, _write_strings)
_TYPES = {
    "A": _Type(1, "an IPv4 address", _address(socket.AF_INET, "IPv4"), str),
    "AAAA": _Type(1, "an IPv6 address", _address(socket.AF_INET6, "IPv6"), str),
    "CAA": _Type(3, "<flags> <tag> <value>", _read_caa, _write_caa),
    "CNAME": _HOST,
    "DNAME": _HOST,
    "MX": _Type(2, "<preference> <host>", _read_mx, _write_fields),
    "NS": _HOST,
    "PTR": _HOST,
    "SOA": _Type(7, "<server> <mailbox> <serial> and four times", _read_soa, _write_fields),
    "SPF": _STRINGS,
    "SRV": _Type(4, "<priority> <weight> <port> <host>", _read_srv, _write_fields),
    "TLSA": _Type(0, "", _read_tlsa, _write_tlsa),
    "TXT": _STRINGS,
}
