"""Whatever octets a server sends, reading them ends in a result or in one of the faults that are meant for it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eximconf.lookup.ber import NotBer, integer, octet_string, tagged
from eximconf.lookup.ldap_filter import BadFilter, filter_octets
from eximconf.lookup.ldap_message import LdapTalk, attribute_names, search_numbers, search_request
from eximconf.lookup.mysql_result import Nonsense, ResultReader, SqlError
from eximconf.lookup.redis_reply import ReplyReader, Rubbish
from eximconf.lookup.stream import Ended, Stream


class Canned(Stream):
    """Gives octets in pieces, and then its end."""

    __slots__ = ("pieces",)

    def __init__(self, octets: bytes, size: int) -> None:
        self.pieces = [octets[at : at + size] for at in range(0, len(octets), size)]
        self.octets, self.at = b"", 0

    def ask(self, question: bytes) -> None:
        self.wait()

    def wait(self) -> None:
        if not self.pieces:
            raise Ended
        self.octets = self.octets[self.at :] + self.pieces.pop(0)
        self.at = 0


PIECES = st.integers(1, 40)
LENGTHS = st.integers(0, 300)


def packet(content: bytes) -> bytes:
    return len(content).to_bytes(3, "little") + b"\1" + content


redis_octets = st.lists(
    st.sampled_from(
        [b"$", b"*", b"+", b"-", b":", b"\r\n", b"3", b"-1", b"abc", b"999999999999999999999", b"\n"]
    )
).map(b"".join)
mysql_octets = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.sampled_from([b"\1", b"\2", b"\xfe\0\0\2\0", b"\xff\1\4#HY000no", b"\xfb", b"\0\1\0\2\0"]),
    ).map(packet)
).map(b"".join)
ldap_octets = st.lists(
    st.one_of(st.binary(max_size=30), st.sampled_from([octet_string(b"o=base"), b"\x04\x84\xff\xff\xff\xff", b"\x0a\x01\x00"])), max_size=4
).flatmap(lambda parts: st.sampled_from([0x64, 0x65, 0x73, 0x30]).map(lambda tag: tagged(tag, b"".join(parts))))  # fmt: skip


@given(st.one_of(st.binary(), redis_octets), PIECES)
@settings(max_examples=300, deadline=None)
def test_redis(octets: bytes, size: int) -> None:
    reader = ReplyReader(Canned(octets, size))
    try:
        for _ in range(5):
            reader.read()
    except (Rubbish, Ended):
        pass


@given(st.one_of(st.binary(), mysql_octets, mysql_octets.map(lambda rest: packet(b"\2") + rest)), PIECES)
@settings(max_examples=300, deadline=None)
def test_mysql(octets: bytes, size: int) -> None:
    with contextlib.suppress(SqlError, Nonsense, Ended):
        ResultReader(Canned(octets, size)).ask(b"select 1")


@given(
    st.one_of(st.binary(), ldap_octets.map(lambda what: tagged(0x30, integer(1_000_001) + what))), PIECES
)
@example(b"\x30\x80\x00\x00", 9)
@settings(max_examples=300, deadline=None)
def test_ldap(octets: bytes, size: int) -> None:
    names = attribute_names(("uid",))
    search = search_request(b"o=base", search_numbers(2, 0, 0, 0), filter_octets("(uid=*)"), names)
    with contextlib.suppress(NotBer, Ended):
        LdapTalk(Canned(octets, size)).search(search)


def test_a_code_of_a_result_beyond_all_numbers() -> None:
    """Python would not even show it."""
    code = tagged(0x0A, b"\x7f" * 3000) + octet_string(b"") * 2
    for tag, ask in (
        (0x65, lambda talk: talk.search(b"")),
        (0x61, lambda talk: talk.bind(3, b"", b"")),
    ):
        answer = tagged(0x30, integer(1_000_001) + tagged(tag, code))
        with pytest.raises(NotBer):
            ask(LdapTalk(Canned(answer, len(answer))))


@given(st.text(st.sampled_from("()&|!=*~<>:\\ aZ0\xe9"), max_size=60))
@settings(max_examples=500, deadline=None)
def test_filters(text: str) -> None:
    with contextlib.suppress(BadFilter):
        assert filter_octets(text)


def test_a_filter_beyond_all_depth() -> None:
    with pytest.raises(BadFilter):
        filter_octets("(!" * 5000 + "(a=b)" + ")" * 5000)
