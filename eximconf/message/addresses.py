"""RFC 2822 mailboxes: finding the bare address in one, and the single ones in a list.

Follows what Exim accepts, which is wider than the RFC: dots anywhere in a phrase or a local part,
quoted pairs outside quotes, source routes (read and dropped). Spec: "RFC 2822 addresses".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eximconf.runtime.machine import SPACES
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import is_on
from eximconf.source.records import record

MAX_ADDRESS = 256

_ATOM = re.compile(r'(?:[^\x00-\x20()<>@,;:\\".\[\]\x7f]|\\(?s:.)?)*')
_QUOTED = re.compile(r'"(?:[^"\\]|\\(?s:.)?)*')
_DOTS = re.compile(r"\.+")
_SPACE = re.compile(r"[ \t-\r]*")
_LABEL = re.compile(r"[A-Za-z0-9-]*")
_LITERAL = re.compile(r"\[(?:[Ii][Pp][Vv][64]:)?[.:0-9A-Fa-f]*")
_MESSAGE_ID_LITERAL = re.compile(r"\[[!-Z^-~]*")
_UTF8_LEAD = "\xc0"
_PLAIN = re.compile(r"(<?)([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+)@((?:[A-Za-z0-9][A-Za-z0-9-]*\.)*[A-Za-z0-9][A-Za-z0-9-]*)(>?)\Z")
"""An address as nearly all are, alone or in angle brackets."""


@record
class AddressSyntax:
    """The main options that decide what an address may look like."""

    domain_literals: bool = False
    utf8_domains: bool = False
    strip_trailing_dot: bool = False
    strip_excess_angle_brackets: bool = False

    @classmethod
    def from_settings(cls, settings: Mapping[str, str]) -> AddressSyntax:
        """As the main options *settings* say."""
        return cls(
            domain_literals=is_on(settings, "allow_domain_literals"),
            utf8_domains=is_on(settings, "allow_utf8_domains"),
            strip_trailing_dot=is_on(settings, "strip_trailing_dot"),
            strip_excess_angle_brackets=is_on(settings, "strip_excess_angle_brackets"),
        )


@dataclass(slots=True)
class GroupState:
    """Whether a list of addresses may start a group (``name: a, b;``) here, or is inside one."""

    allowed: bool = False
    inside: bool = False


@record
class ParsedAddress:
    """An address found in a mailbox.

    *start* and *end*: where it stands in the mailbox. *domain_at*: where its domain begins in
    *address*; 0 if it has none.
    """

    address: str
    start: int
    end: int
    domain_at: int

    @property
    def local_part(self) -> str:
        """What stands before the ``@``, quotes included."""
        return self.address[: self.domain_at - 1] if self.domain_at else self.address

    @property
    def domain(self) -> str:
        """What stands behind the ``@``, or empty."""
        return self.address[self.domain_at :] if self.domain_at else ""


@record
class AddressFault:
    """Why a mailbox holds no valid address, in Exim's words."""

    message: str


class _Fault(Exception):
    pass


DEFAULT_SYNTAX = AddressSyntax()


def parse_address(
    mailbox: str,
    syntax: AddressSyntax = DEFAULT_SYNTAX,
    *,
    allow_null: bool = False,
    group: GroupState | None = None,
) -> ParsedAddress | AddressFault:
    """The address in *mailbox*: bare, or in angle brackets behind a phrase; comments are dropped.

    *allow_null*: ``<>`` gives an empty address instead of a fault. *group* is changed when a group
    begins or ends; give the same one for every address of a list.
    """
    if group is None and len(mailbox) < MAX_ADDRESS:
        plain = _PLAIN.match(mailbox)
        if plain is not None and len(plain[1]) == len(plain[4]):
            start, end = plain.start(2), plain.end(3)
            return ParsedAddress(mailbox[start:end], start, end, plain.end(2) + 1 - start)
    reader = _Reader(mailbox, syntax, group or GroupState())
    try:
        return reader.mailbox_address(allow_null)
    except _Fault as fault:
        reader.leave_group()
        return AddressFault(str(fault))


def find_address_end(text: str, start: int = 0, *, newline_ends: bool = False) -> int:
    """Where the address that begins at *start* ends: at a comma, or at the end of *text*.

    Commas in quotes, comments, angle brackets and source routes do not count. *newline_ends*: a
    line end ends an address too.
    """
    stop = "\n" if newline_ends else ""
    at, length = start, len(text)
    routed = text.startswith("@", start)
    held = 1 if routed else 0
    while at < length:
        char = text[at]
        if char == stop or (char == "," and held <= 0):
            break
        if char == "\\" and at + 1 < length:
            at += 2
        elif char == '"':
            at = _quoted_end(text, at, stop)
        elif char == "(":
            at = _comment_end(text, at, stop)
        else:
            if char == "<":
                routed = text.startswith("@", at + 1)
                held = 2 if routed else 1
            elif char == ">" or (routed and char == ":"):
                held -= 1
            at += 1
    return at


def split_addresses(text: str, *, newline_ends: bool = False) -> Iterator[str]:
    """The mailboxes of a comma-separated list, white space and empty ones included."""
    start = 0
    while True:
        end = find_address_end(text, start, newline_ends=newline_ends)
        yield text[start:end]
        if end >= len(text):
            return
        start = end + 1


def find_at(address: str) -> int:
    """The offset of the ``@`` before the domain of an address that may have none, or -1."""
    at = address.rfind("@")
    while at >= 0:
        if '"' in address[at:]:
            return -1
        # The octet at the very start is not looked at when backslashes are counted.
        before = address[:at] if at <= 1 else address[1:at]
        if at == 0 or (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            return at
        at = address.rfind("@", 0, at)
    return -1


def _quoted_end(text: str, start: int, stop: str) -> int:
    at = start + 1
    while at < len(text) and text[at] != stop:
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
        elif text[at] == '"':
            return at + 1
        at += 1
    return at


def _comment_end(text: str, start: int, stop: str = "") -> int:
    at, level = start + 1, 1
    while at < len(text) and text[at] != stop:
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            at += 1
        elif char == "(":
            level += 1
        elif char == ")":
            level -= 1
            if level == 0:
                return at + 1
        at += 1
    return at


class _Reader:
    """Reads one mailbox from left to right; the methods raise `_Fault`."""

    def __init__(self, mailbox: str, syntax: AddressSyntax, group: GroupState) -> None:
        self.text = mailbox
        self.syntax = syntax
        self.group = group
        self.at = 0
        self.before_comment = 0

    def mailbox_address(self, allow_null: bool) -> ParsedAddress:
        start, word = self._first_word()
        if not self._peek() or self._peek() == ";":
            if not word:
                raise _Fault("empty address")
            return self._finished(word, 0, start, self.before_comment)
        if self._peek() == "<":
            return self._angle_address(allow_null)
        if not word:
            self._route()
            address, domain_at = self._address_spec("")
            if not domain_at:
                raise _Fault("domain missing in source-routed address")
            return self._finished(address, domain_at, start, self.before_comment)
        self.at += 1
        domain = self._domain(message_id=True)
        return self._finished(f"{word}@{domain}", len(word) + 1, start, self.before_comment)

    def leave_group(self) -> bool:
        """At the semicolon that closes a group: leaves it."""
        if not (self.group.inside and self._peek() == ";"):
            return False
        self.group.inside, self.group.allowed = False, True
        return True

    def _first_word(self) -> tuple[int, str]:
        """The start of the address and its first local part; a phrase is read up to its ``<``."""
        while True:
            self._skip_comments()
            start = self.at
            word = self._local_part(allow_null=True)
            if not self._peek() or self._peek() in "@<;":
                return start, word
            self._phrase()
            if self._peek() == "<":
                return start, word
            self.group.inside, self.group.allowed = True, False
            self.at += 1

    def _phrase(self) -> None:
        while self._peek() != "<" and not (self.group.allowed and self._peek() == ":"):
            try:
                self._local_part(allow_null=False)
            except _Fault as fault:
                raise _Fault(f'{fault} (expected word or "<")') from None

    def _angle_address(self, allow_null: bool) -> ParsedAddress:
        brackets = self._open_brackets()
        start = self.at
        self._skip_comments()
        routed = self._peek() == "@"
        if routed:
            self._route()
        address, domain_at = "", 0
        if not (allow_null and not routed and self._peek() == ">"):
            address, domain_at = self._address_spec(">")
            if routed and not domain_at:
                raise _Fault("domain missing in source-routed address")
        end = self.at
        for _ in range(brackets):
            if not self._peek():
                raise _Fault("'>' missing at end of address")
            if self._peek() != ">":
                raise self._malformed()
            self.at += 1
        self._skip_comments()
        return self._finished(address, domain_at, start, end)

    def _open_brackets(self) -> int:
        brackets = 1
        self.at += 1
        while self.syntax.strip_excess_angle_brackets and self._peek() == "<":
            if brackets > 5:
                raise _Fault("angle-brackets nested too deep")
            brackets += 1
            self.at += 1
        return brackets

    def _finished(self, address: str, domain_at: int, start: int, end: int) -> ParsedAddress:
        if self._peek() and not self.leave_group():
            raise self._malformed()
        end = len(self.text[:end].rstrip(SPACES))
        if end - start > MAX_ADDRESS:
            raise _Fault(f"address is ridiculously long: {address[:64]}...")
        return ParsedAddress(address, start, end, domain_at)

    def _malformed(self) -> _Fault:
        rest = self.text[self.at : self.at + 32]
        return _Fault(f"malformed address: {rest} may not follow {self.text[: self.at]}")

    def _address_spec(self, end: str) -> tuple[str, int]:
        local_part = self._local_part(allow_null=False)
        if self._peek() == end:
            return local_part, 0
        if self._peek() != "@":
            raise _Fault(f'"@" or "." expected after {quoted(local_part)}')
        self.at += 1
        return f"{local_part}@{self._domain()}", len(local_part) + 1

    def _local_part(self, *, allow_null: bool) -> str:
        words: list[str] = []
        while True:
            self._skip_comments()
            word = self._word()
            self._skip_comments()
            dots = _DOTS.match(self.text, self.at)
            if not word and not dots:
                if not words and not allow_null:
                    raise _Fault("missing or malformed local part")
                break
            words.append(word)
            if not dots:
                break
            words.append(dots[0])
            self.at = dots.end()
        return "".join(words)

    def _word(self) -> str:
        """A quoted string or an atom (which may be empty)."""
        pattern = _QUOTED if self._peek() == '"' else _ATOM
        match = pattern.match(self.text, self.at)
        assert match is not None
        word, self.at = match[0], match.end()
        if pattern is _QUOTED:
            if self._peek() != '"':
                raise _Fault("unmatched doublequote in local part")
            word, self.at = word + '"', self.at + 1
        return word

    def _route(self) -> None:
        """A source route: domains with ``@`` before them, commas between them, a colon at the end."""
        commas = False
        while self._peek() == "@":
            self.at += 1
            self._domain()
            if self._peek() != ",":
                break
            commas = True
            self.at += 1
            self._skip_comments()
        if self._peek() != ":":
            raise _Fault("colon expected after route list" if commas else "no local part")
        self.at += 1
        self._skip_comments()

    def _domain(self, *, message_id: bool = False) -> str:
        self._skip_comments()
        if self._peek() == "[":
            return self._domain_literal(message_id)
        labels: list[str] = []
        while True:
            label = "" if self._peek() == "-" else self._label()
            self._skip_comments()
            if not label:
                if self.syntax.strip_trailing_dot and labels and self._peek() != ".":
                    break
                raise _Fault("domain missing or malformed")
            labels.append(label)
            if self._peek() != ".":
                break
            self.at += 1
            self._skip_comments()
        return ".".join(labels)

    def _domain_literal(self, message_id: bool) -> str:
        start = self.at
        match = (_MESSAGE_ID_LITERAL if message_id else _LITERAL).match(self.text, start)
        assert match is not None
        self.at = match.end()
        closed = self._peek() == "]"
        if not self.syntax.domain_literals and not message_id:
            raise _Fault("domain literals not allowed")
        if not closed:
            raise _Fault("malformed domain literal")
        self.at += 1
        literal = self.text[start : self.at]
        self._skip_comments()
        return literal

    def _label(self) -> str:
        start = self.at
        while True:
            match = _LABEL.match(self.text, self.at)
            assert match is not None
            self.at = match.end()
            if not self.syntax.utf8_domains or self._peek() < _UTF8_LEAD:
                return self.text[start : self.at]
            self._utf8_character()

    def _utf8_character(self) -> None:
        lead = ord(self._peek())
        more = next((count for count in range(1, 6) if not lead << (count + 1) & 0x80), 0)
        tail = self.text[self.at + 1 : self.at + 1 + more]
        if not more or len(tail) < more or any(not "\x80" <= char < "\xc0" for char in tail):
            raise _Fault("invalid UTF-8 byte sequence")
        self.at += 1 + more

    def _skip_comments(self) -> None:
        self.before_comment = self.at
        while True:
            match = _SPACE.match(self.text, self.at)
            assert match is not None
            self.at = match.end()
            if self._peek() != "(":
                return
            self.at = _comment_end(self.text, self.at)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]
