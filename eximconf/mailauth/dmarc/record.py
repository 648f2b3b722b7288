"""A DMARC record, taken apart. RFC 7489, 6.3.

Values are read as libopendmarc reads them under Exim 4.100-dev: their beginning is enough, in either case
(``p=rej``), the last of several tags of a name counts, what has no ``=`` is passed over, and nothing behind a bad value
counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

_START = "v=DMARC1;"
POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """What a domain asks for. *p* and *sp*: one of `POLICIES`, "" for none; *strict_dkim*, *strict_spf*: only the very
    same domain is aligned. *complete*: all of it could be read."""

    p: str = ""
    sp: str = ""
    strict_dkim: bool = False
    strict_spf: bool = False
    pct: int = 100
    fo: str = "0"
    rua: tuple[str, ...] = ()
    ruf: tuple[str, ...] = ()
    complete: bool = True


class _BadValue(Exception):
    pass


def is_record(text: str) -> bool:
    """Whether the first string of a TXT record is the start of a DMARC record."""
    return text.startswith(_START) and len(text) > len(_START)


@lru_cache(maxsize=2048)
def parse_record(text: str) -> PolicyRecord:
    """The record *text*, as far as it can be read."""
    record = PolicyRecord()
    for tag in text[len(_START) :].split(";"):
        name, equals, value = (part.strip() for part in tag.partition("="))
        reader = _TAGS.get(name.lower())
        if not equals or reader is None:
            continue
        try:
            record = reader(record, value)
        except _BadValue:
            return replace(record, complete=False)
    return record if record.p else replace(record, complete=False)


def _word(value: str, words: tuple[str, ...]) -> str:
    for word in words:
        if value and word.startswith(value.lower()):
            return word
    raise _BadValue


def _is_strict(value: str) -> bool:
    return _word(value[:1], ("relaxed", "strict")) == "strict"


def _percentage(value: str) -> int:
    """A number up to 100; what is no number counts as 0."""
    number = int(value[:9]) if value.isdecimal() and value.isascii() else 0
    if number > 100:
        raise _BadValue
    return number


def _options(value: str) -> str:
    if any(one.strip().lower() not in ("0", "1", "d", "s") for one in value.split(":")):
        raise _BadValue
    return value


def _seconds(record: PolicyRecord, value: str) -> PolicyRecord:
    """``ri`` is for others; it only has to be a number."""
    if not value.isdecimal():
        raise _BadValue
    return record


def _addresses(value: str) -> tuple[str, ...]:
    """Addresses, each with the largest size of a report behind it that may be there."""
    return tuple(one.strip() for one in value.split(",") if one.strip())


_TAGS: dict[str, Callable[[PolicyRecord, str], PolicyRecord]] = {
    "p": lambda record, value: replace(record, p=_word(value, POLICIES)),
    "sp": lambda record, value: replace(record, sp=_word(value, POLICIES)),
    "adkim": lambda record, value: replace(record, strict_dkim=_is_strict(value)),
    "aspf": lambda record, value: replace(record, strict_spf=_is_strict(value)),
    "pct": lambda record, value: replace(record, pct=_percentage(value)),
    "fo": lambda record, value: replace(record, fo=_options(value)),
    "ri": _seconds,
    "rua": lambda record, value: replace(record, rua=_addresses(value)),
    "ruf": lambda record, value: replace(record, ruf=_addresses(value)),
}
