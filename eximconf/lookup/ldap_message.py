"""Binds and searches of LDAP and what servers answer, read from the socket. Source: RFC 4511, 4.2 and 4.5."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from eximconf.lookup.ber import (
    Incomplete,
    NotBer,
    elements,
    header,
    integer,
    octet_string,
    tagged,
    two_elements,
)
from eximconf.lookup.ldap_entries import LdapEntry
from eximconf.lookup.stream import Stream

_SEQUENCE, _ENUMERATED = 0x30, 0x0A
_BIND, _BOUND, _PASSWORD = 0x60, 0x61, 0x80
_SEARCH, _ENTRY, _DONE, _REFERENCE = 0x63, 0x64, 0x65, 0x73
_REFERRAL = 0xA3
_PLAIN_SUCCESS = b"\n\x01\0\x04\0\x04\0"
"""The code 0, no name and no text."""
_VALUES_TOO = b"\x01\x01\x00"
_FIRST_ID, _LAST_ID = 1_000_000, 2**31 - 1
_LONGEST = 1 << 28
_LONGEST_CODE = 4


class SearchResult(NamedTuple):
    """The *code* of the end of a search, the server's own words, the part of the name that exists, all latin-1 decoded
    octets. *referrals*: URLs of servers that know better."""

    code: int
    message: str
    matched: str
    entries: Sequence[LdapEntry]
    referrals: Sequence[str] = ()


def search_request(base: bytes, how: bytes, filter: bytes, attributes: bytes) -> bytes:
    """What the request for a search holds. *how*: see `search_numbers`, *filter*: `ldap_filter`, *attributes*:
    `attribute_names`."""
    return tagged(_SEARCH, octet_string(base) + how + filter + attributes)


@lru_cache(maxsize=64)
def search_numbers(scope: int, dereference: int, size: int, seconds: int) -> bytes:
    """The numbers of a search, which are those of the protocol."""
    which = integer(scope, _ENUMERATED) + integer(dereference, _ENUMERATED)
    return which + integer(size) + integer(seconds) + _VALUES_TOO


@lru_cache(maxsize=64)
def attribute_names(names: tuple[str, ...]) -> bytes:
    """Which attributes are wanted: all, if there are no *names*."""
    return tagged(_SEQUENCE, b"".join([octet_string(name.encode("latin-1")) for name in names]))


class LdapTalk:
    """Requests over *stream*, one after the other, and what comes of them."""

    __slots__ = ("_id", "_stream")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._id = _FIRST_ID

    def bind(self, version: int, name: bytes, password: bytes) -> int:
        """The code of the answer to a simple bind; two empty texts are nobody. Raises what `Stream` raises, and
        `NotBer`."""
        who = integer(version) + octet_string(name) + tagged(_PASSWORD, password)
        number = self._ask(tagged(_BIND, who))
        while True:
            tag, start, end = self._message(number)
            if tag == _BOUND:
                return self._done(start, end, ()).code

    def search(self, request: bytes) -> SearchResult:
        """Raises the same. What comes behind a reference to another server is not looked at: seen in 4.100-dev."""
        number = self._ask(request)
        entries: list[LdapEntry] = []
        referred = False
        while True:
            tag, start, end = self._message(number)
            if tag == _ENTRY and not referred:
                entries.append(self._entry(start, end))
            elif tag == _REFERENCE:
                referred = True
            elif tag == _DONE:
                return SearchResult(0, "", "", entries) if referred else self._done(start, end, entries)

    def _ask(self, request: bytes) -> bytes:
        """Send *request* and wait for an answer; the number of the two, as it is encoded."""
        self._id = self._id + 1 if self._id < _LAST_ID else _FIRST_ID
        number = integer(self._id)
        self._stream.ask(tagged(_SEQUENCE, number + request))
        return number

    def _message(self, number: bytes) -> tuple[int, int, int]:
        """What the next message to *number* holds: a tag, and where its content begins and ends."""
        while True:
            tag, start, end = self._next_element()
            if tag != _SEQUENCE:
                raise NotBer
            self._stream.at = end
            if self._stream.octets.startswith(number, start):
                start += len(number)
                break
            if self._stream.octets.startswith(integer(0), start):  # the server says that it goes
                raise NotBer
        try:
            found = header(self._stream.octets, start)
        except Incomplete:
            raise NotBer from None
        if found[2] > end:
            raise NotBer
        return found

    def _next_element(self) -> tuple[int, int, int]:
        """The next whole element."""
        while True:
            try:
                found = header(self._stream.octets, self._stream.at)
                if found[2] <= len(self._stream.octets):
                    return found
                if found[2] - self._stream.at > _LONGEST:
                    raise NotBer
            except Incomplete:
                pass
            self._stream.wait()

    def _entry(self, start: int, end: int) -> LdapEntry:
        octets = self._stream.octets
        name, name_end, listed, list_end = two_elements(octets, start, end)
        attributes = []
        for _, at, stop in elements(octets, listed, list_end):
            kind, kind_end, values, values_end = two_elements(octets, at, stop)
            attributes.append((octets[kind:kind_end].decode("latin-1"), self._texts(values, values_end)))
        return LdapEntry(octets[name:name_end].decode("latin-1"), attributes)

    def _done(self, start: int, end: int, entries: Sequence[LdapEntry]) -> SearchResult:
        if self._stream.octets[start:end] == _PLAIN_SUCCESS:
            return SearchResult(0, "", "", entries)
        found = elements(self._stream.octets, start, end)
        if len(found) < 3:
            raise NotBer
        (_, code, code_end), (_, name, name_end), (_, text, text_end), *more = found
        if code_end - code > _LONGEST_CODE:
            raise NotBer
        referrals = [url for tag, at, stop in more if tag == _REFERRAL for url in self._texts(at, stop)]
        number = int.from_bytes(self._stream.octets[code:code_end], "big")
        return SearchResult(
            number, self._text(text, text_end), self._text(name, name_end), entries, referrals
        )

    def _texts(self, start: int, end: int) -> list[str]:
        octets = self._stream.octets
        return [octets[at:stop].decode("latin-1") for _, at, stop in elements(octets, start, end)]

    def _text(self, start: int, end: int) -> str:
        return self._stream.octets[start:end].decode("latin-1")
