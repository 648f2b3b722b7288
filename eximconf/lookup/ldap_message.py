"""Binds and searches of LDAP and what servers answer, read from the socket. Source: RFC 4511, 4.2 and 4.5."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from eximconf.lookup.ber import Incomplete, NotBer, elements, header, integer, octet_string, tagged
from eximconf.lookup.ldap_entries import LdapEntry
from eximconf.lookup.stream import Stream

_SEQUENCE, _ENUMERATED = 0x30, 0x0A
_BIND, _BOUND, _PASSWORD = 0x60, 0x61, 0x80
_SEARCH, _ENTRY, _DONE, _REFERENCE = 0x63, 0x64, 0x65, 0x73
_REFERRAL = 0xA3
_VALUES_TOO = b"\x01\x01\x00"
_FIRST_ID, _LAST_ID = 1_000_000, 2**31 - 1
_LONGEST = 1 << 28


class SearchResult(NamedTuple):
    """The *code* of the end of a search, the server's own words, the part of the name that exists, all latin-1 decoded
    octets. *referrals*: URLs of servers that know better."""

    code: int
    message: str
    matched: str
    entries: Sequence[LdapEntry]
    referrals: Sequence[str] = ()


class Search(NamedTuple):
    """*scope*, *dereference*, *size*, *time*: the protocol's numbers. *filter*: see `ldap_filter`."""

    base: bytes
    scope: int
    dereference: int
    size: int
    time: int
    filter: bytes
    attributes: Sequence[bytes]

    def octets(self) -> bytes:
        """What the request holds."""
        how = _how(self.scope, self.dereference, self.size, self.time)
        wanted = tagged(_SEQUENCE, b"".join([octet_string(name) for name in self.attributes]))
        return tagged(_SEARCH, octet_string(self.base) + how + self.filter + wanted)


@lru_cache(maxsize=64)
def _how(scope: int, dereference: int, size: int, seconds: int) -> bytes:
    """The numbers of a search."""
    which = integer(scope, _ENUMERATED) + integer(dereference, _ENUMERATED)
    return which + integer(size) + integer(seconds) + _VALUES_TOO


class LdapTalk:
    """Requests over *stream*, one after the other, and what comes of them."""

    __slots__ = ("_at", "_id", "_octets", "_stream")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._octets = b""
        self._at = 0
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

    def search(self, search: Search) -> SearchResult:
        """Raises the same. What comes behind a reference to another server is not looked at: seen in 4.100-dev."""
        number = self._ask(search.octets())
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
        self._stream.send(tagged(_SEQUENCE, number + request))
        self._octets, self._at = self._stream.receive(), 0
        return number

    def has_more(self) -> bool:
        """Whether something has come that nobody has asked for."""
        return self._at < len(self._octets)

    def _message(self, number: bytes) -> tuple[int, int, int]:
        """What the next message to *number* holds: a tag, and where its content begins and ends."""
        while True:
            tag, start, end = self._next_element()
            if tag != _SEQUENCE:
                raise NotBer
            self._at = end
            if self._octets.startswith(number, start):
                start += len(number)
                break
            if self._octets.startswith(integer(0), start):  # the server says that it goes
                raise NotBer
        return self._exactly(1, start, end)[0]

    def _next_element(self) -> tuple[int, int, int]:
        """The next whole element."""
        while True:
            try:
                found = header(self._octets, self._at)
                if found[2] <= len(self._octets):
                    return found
                if found[2] - self._at > _LONGEST:
                    raise NotBer
            except Incomplete:
                pass
            self._octets = self._octets[self._at :] + self._stream.receive_more()
            self._at = 0

    def _entry(self, start: int, end: int) -> LdapEntry:
        (_, name, name_end), (_, list_start, list_end), *_ = self._exactly(2, start, end)
        octets = self._octets
        attributes = []
        for _, at, stop in elements(octets, list_start, list_end):
            (_, kind, kind_end), (_, values, values_end), *_ = self._exactly(2, at, stop)
            attributes.append((octets[kind:kind_end].decode("latin-1"), self._texts(values, values_end)))
        return LdapEntry(self._text(name, name_end), attributes)

    def _done(self, start: int, end: int, entries: Sequence[LdapEntry]) -> SearchResult:
        (_, code, code_end), (_, name, name_end), (_, text, text_end), *more = self._exactly(3, start, end)
        referrals = [url for tag, at, stop in more if tag == _REFERRAL for url in self._texts(at, stop)]
        number = int.from_bytes(self._octets[code:code_end], "big")
        return SearchResult(
            number, self._text(text, text_end), self._text(name, name_end), entries, referrals
        )

    def _exactly(self, count: int, start: int, end: int) -> list[tuple[int, int, int]]:
        """The elements there, of which there are *count* at least."""
        found = elements(self._octets, start, end)
        if len(found) < count:
            raise NotBer
        return found

    def _texts(self, start: int, end: int) -> list[str]:
        octets = self._octets
        return [octets[at:stop].decode("latin-1") for _, at, stop in elements(octets, start, end)]

    def _text(self, start: int, end: int) -> str:
        return self._octets[start:end].decode("latin-1")
