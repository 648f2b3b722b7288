"""The query of a ``dnsdb`` look-up, taken apart. Spec: 9.10, 9.10.1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from eximconf.match.ip import parse_address
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.outcome import Deferred
from eximconf.runtime.times import parse_time
from eximconf.runtime.value import Tainted, taint_like

TYPES = frozenset({
    "a", "a+", "aaaa", "cname", "csa", "mx", "mxh", "ns", "ptr", "soa", "spf", "srv", "tlsa", "txt", "zns",
})  # fmt: skip

_POLICY_WORD = re.compile(r"(defer|dnssec)_(strict|lax|never)?", re.IGNORECASE)
_RETRANS = re.compile(r"retrans_([^,]*)", re.IGNORECASE)
_RETRY = re.compile(r"retry_[ \t-\r]*([+-]?)(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)?", re.IGNORECASE)
_COMMA = re.compile(r"[ \t-\r]*,[ \t-\r]*")


class Policy(Enum):
    """What a temporary error, or the lack of DNSSEC, means: an error in any case; only if nothing is found;
    nothing."""

    STRICT = "strict"
    LAX = "lax"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class DnsdbQuery:
    """*type*: one of `TYPES`. *names*: a list, with *single* one name. *separator*: between records;
    *field_separator*: between the fields of one, None for the usual. *retrans* (seconds), *retry*: None for
    those of the main options."""

    type: str
    names: str
    single: bool = False
    separator: str = "\n"
    field_separator: str | None = None
    defer: Policy = Policy.LAX
    dnssec: Policy = Policy.LAX
    retrans: int | None = None
    retry: int | None = None


@lru_cache(maxsize=512, typed=True)  # typed: a tainted text has tainted names
def parse_dnsdb_query(text: str) -> DnsdbQuery:
    """Take *text* apart. Raises `Deferred` with Exim's message for a fault in it."""
    separator, field_separator, rest = _separators(str.__str__(text).lstrip(SPACE))
    reader = _Modifiers(rest)
    reader.read()
    kind, names = _type_and_names(reader.rest)
    single = kind == "ptr" and not names.startswith("<") and parse_address(names) is not None
    return DnsdbQuery(
        kind, taint_like(names, text) if type(text) is Tainted else names, single, separator, field_separator,
        reader.policies["defer"], reader.policies["dnssec"], reader.retrans, reader.retry,
    )  # fmt: skip


def _separators(text: str) -> tuple[str, str | None, str]:
    """The separators that *text* begins with, and the rest."""
    if not text.startswith(">"):
        return "\n", None, text
    separator, rest = text[1:2], text[2:]
    field_separator = None
    if rest.startswith(","):
        field_separator, rest = rest[1:2], rest[2:]
    elif rest.startswith(";"):
        field_separator, rest = "", rest[1:]
    return separator, field_separator, rest.lstrip(SPACE)


def _type_and_names(text: str) -> tuple[str, str]:
    kind, sign, names = text.partition("=")
    if not sign:
        return "txt", text
    kind = kind.rstrip(SPACE).lower()
    if kind not in TYPES:
        raise Deferred("unsupported DNS record type")
    return kind, names.lstrip(SPACE)


class _Modifiers:
    """The words in front of the type. *rest*: what is not read yet."""

    def __init__(self, rest: str) -> None:
        self.rest = rest
        self.policies = {"defer": Policy.LAX, "dnssec": Policy.LAX}
        self.retrans: int | None = None
        self.retry: int | None = None

    def read(self) -> None:
        while self._policy() or self._retrans() or self._retry():
            comma = _COMMA.match(self.rest)
            if comma is None:
                raise Deferred("dnsdb modifier syntax error")
            self.rest = self.rest[comma.end() :]

    def _policy(self) -> bool:
        word = _POLICY_WORD.match(self.rest)
        if word is None:
            return False
        name, value = word[1].lower(), word[2]
        if value is None:
            raise Deferred(f"unsupported dnsdb {name} behaviour")
        self.policies[name] = Policy(value.lower())
        self.rest = self.rest[word.end() :]
        return True

    def _retrans(self) -> bool:
        word = _RETRANS.match(self.rest)
        if word is None:
            return False
        seconds = parse_time(word[1])
        if seconds <= 0 or word.end() == len(self.rest):
            raise Deferred("unsupported dnsdb timeout value")
        self.retrans = seconds
        self.rest = self.rest[word.end() :]
        return True

    def _retry(self) -> bool:
        word = _RETRY.match(self.rest)
        if word is None:
            return False
        count = int(word[2][:12], 0) if word[2] and not word[2].startswith("0") else _leading_zero(word[2])
        if word[1] == "-" and count:
            raise Deferred("unsupported dnsdb retry count")
        self.retry = count
        self.rest = self.rest[word.end() :]
        return True


def _leading_zero(digits: str | None) -> int:
    """A number that begins with 0, octal or hexadecimal; 0 for none."""
    if not digits:
        return 0
    if digits[1:2] in ("x", "X"):
        return int(digits[2:12], 16)
    return int(digits, 8)
