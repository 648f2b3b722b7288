"""Recorded answers as text: a zone file (RFC 1035, 5.1) with a few words more for what no zone can hold.

A line is ``owner [TTL] [IN] [AD] [AA] [DELAY=time] TYPE data``. The words before the type come in any order.

- ``AD``: the answer is authenticated by DNSSEC; ``AA``: it comes from a server of the zone;
  ``DELAY=2s`` (``300ms``, ``1m``): it takes that long.
- In place of the data: ``NXDOMAIN``, ``NODATA``, ``SERVFAIL``, ``REFUSED`` or ``TIMEOUT [time]`` is what this
  question gets. In place of type and data it is what every question for this owner gets
  (``gone.example. NXDOMAIN``). A TXT string of that text is written in quotes.
- The owner of a PTR record may be an IP address: ``192.0.2.7 PTR host.example.``
- Without ``$ORIGIN`` every name is whole; the dot at its end may be left out. An owner ``*.example.net``
  stands for the names below that have no line of their own.
- ``$ORIGIN``, ``$TTL``, ``@``, brackets over several lines, an owner left out and ``;`` comments are as in any
  zone file. White space that all lines begin with is taken off first.

Nothing raises: what cannot be read is a `ZoneFault`, and the line is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from eximconf.dns.names import canonical
from eximconf.dns.rdata import BadData, Word, is_kind, read_data, read_name, read_seconds
from eximconf.dns.reverse import reverse_name
from eximconf.match.ip import parse_address
from eximconf.runtime.dns_answer import DnsRecord, DnsStatus

EVERY_KIND = "*"
UNTIL_RETRIES_END = -1.0
DEFAULT_TTL = 3600

STATUS_WORDS = {
    "NXDOMAIN": DnsStatus.NO_DOMAIN,
    "NODATA": DnsStatus.NO_DATA,
    "SERVFAIL": DnsStatus.AGAIN,
    "TIMEOUT": DnsStatus.AGAIN,
    "REFUSED": DnsStatus.AGAIN,
    "FORMERR": DnsStatus.FAIL,
}

_WORD = re.compile(
    r"""(?P<space>[ \t\r\f\v]+) | (?P<comment>;[^\n]*) | (?P<line>\n) | (?P<bracket>[()])
      | "(?P<quoted>(?:[^"\\\n]|\\[^\n])*)(?P<end>"?) | (?P<plain>(?:[^\s;()"\\]|\\[^\n])+) | (?P<odd>.)""",
    re.VERBOSE,
)
_MILLISECONDS = re.compile(r"([0-9]{1,9})ms", re.IGNORECASE)
_INDENT = re.compile(r"^[ \t]*(?=[^ \t\r\n])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """What one line says about *name* (in the form of `names.canonical`) and *kind* (or `EVERY_KIND`).

    Either *record* is there, or *status* and *reason* are the answer. *seconds*: how long it takes,
    `UNTIL_RETRIES_END` for a timeout after as many tries as the question asks for.
    """

    name: str
    kind: str
    record: DnsRecord | None
    status: DnsStatus
    reason: str = ""
    authenticated: bool = False
    authoritative: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ZoneFault:
    """What is wrong with a text, from offset *start* up to *end*."""

    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ZoneText:
    """A text taken apart. *origin*: the zone that it holds completely, None if it is only a choice of answers."""

    lines: tuple[RecordedLine, ...]
    faults: tuple[ZoneFault, ...]
    origin: str | None = None


def parse_zone_text(text: str, origin: str | None = None) -> ZoneText:
    """Read *text* (latin-1). With an *origin* it is the whole zone of that name."""
    reader = _Reader(origin or "")
    lines = []
    for words, owner_left_out in _logical_lines(text, reader.faults):
        line = reader.read(words, owner_left_out)
        if line is not None:
            lines.append(line)
    return ZoneText(tuple(lines), tuple(reader.faults), canonical(origin) if origin is not None else None)


def read_duration(text: str) -> float | None:
    """Seconds: ``2`` ``2s`` ``1m30s`` ``300ms``; None for anything else."""
    match = _MILLISECONDS.fullmatch(text)
    if match:
        return int(match[1]) / 1000
    seconds = read_seconds(text)
    return None if seconds is None else float(seconds)


def _logical_lines(text: str, faults: list[ZoneFault]) -> Iterator[tuple[list[Word], bool]]:
    """The words of each line, brackets joined, and whether it begins with white space."""
    indent = min((match.end() - match.start() for match in _INDENT.finditer(text)), default=0)
    words: list[Word] = []
    depth = line_start = 0
    for match in _WORD.finditer(text):
        sort = match.lastgroup
        if sort == "line":
            if depth == 0:
                if words:
                    yield words, words[0].start > line_start + indent
                words, line_start = [], match.end()
        elif sort == "bracket":
            depth = depth + 1 if match[0] == "(" else max(0, depth - 1)
        elif sort == "end":
            words.append(Word(match["quoted"], True, match.start(), match.end()))
            if not match["end"]:
                faults.append(ZoneFault("a quotation mark is missing", match.start(), match.end()))
        elif sort == "plain":
            words.append(Word(match[0], False, match.start(), match.end()))
        elif sort == "odd":
            faults.append(ZoneFault("nothing follows the backslash", match.start(), match.end()))
    if words:
        yield words, words[0].start > line_start + indent


@dataclass(slots=True)
class _Reader:
    """What holds from line to line."""

    origin: str
    ttl: int = DEFAULT_TTL
    owner: str | None = None
    faults: list[ZoneFault] = field(default_factory=list)

    def read(self, words: list[Word], owner_left_out: bool) -> RecordedLine | None:
        try:
            if words[0].text.startswith("$") and not words[0].quoted:
                self._directive(words)
                return None
            return self._line(words, owner_left_out)
        except BadData as error:
            first, last = (words[0], words[-1]) if error.word is None else (error.word, error.word)
            self.faults.append(ZoneFault(str(error), first.start, last.end))
            return None

    def _directive(self, words: list[Word]) -> None:
        name = words[0].text.upper()
        if name not in ("$ORIGIN", "$TTL"):
            raise BadData(f"{words[0].text} is not understood here; only $ORIGIN and $TTL are", words[0])
        if len(words) != 2:
            raise BadData(f"{name} takes one word")
        if name == "$ORIGIN":
            self.origin = read_name(words[1], self.origin)
            return
        ttl = read_seconds(words[1].text)
        if ttl is None:
            raise BadData(f"{words[1].text} is no time", words[1])
        self.ttl = ttl

    def _line(self, words: list[Word], owner_left_out: bool) -> RecordedLine:
        address = None
        if owner_left_out:
            if self.owner is None:
                raise BadData("there is no owner to repeat")
            rest: Sequence[Word] = words
        else:
            address = parse_address(words[0].text)
            self.owner = reverse_name(words[0].text) if address else read_name(words[0], self.origin)
            rest = words[1:]
        flags = _Flags(self.ttl)
        while rest and flags.take(rest[0]):
            rest = rest[1:]
        if not rest:
            raise BadData("the type of the record is missing")
        if address and rest[0].text.upper() not in ("PTR", *STATUS_WORDS):
            raise BadData("an IP address can only be the owner of a PTR record", words[0])
        return self._answer(rest, flags)

    def _answer(self, rest: Sequence[Word], flags: _Flags) -> RecordedLine:
        assert self.owner is not None
        name = canonical(self.owner) or ""
        kind, data = rest[0].text.upper(), rest[1:]
        if kind in STATUS_WORDS:
            kind, data = EVERY_KIND, rest
        elif not is_kind(kind):
            raise BadData(f"{rest[0].text} is no type of record that is known here", rest[0])
        if data and data[0].text in STATUS_WORDS and not data[0].quoted:
            status, seconds = _status(data, flags.seconds)
            return RecordedLine(name, kind, None, status, data[0].text, flags.ad, flags.aa, seconds)
        record = DnsRecord(self.owner, kind, flags.ttl, read_data(kind, data, self.origin))
        return RecordedLine(name, kind, record, DnsStatus.SUCCESS, "", flags.ad, flags.aa, flags.seconds)


def _status(data: Sequence[Word], delay: float) -> tuple[DnsStatus, float]:
    """The status that *data* names, and the seconds that it takes."""
    word = data[0].text
    if word != "TIMEOUT" or len(data) == 1:
        if len(data) > 1:
            raise BadData(f"nothing can follow {word}", data[1])
        return STATUS_WORDS[word], UNTIL_RETRIES_END if word == "TIMEOUT" and not delay else delay
    seconds = read_duration(data[1].text)
    if seconds is None or len(data) > 2:
        raise BadData("TIMEOUT takes one time", data[1])
    return STATUS_WORDS[word], delay + seconds


@dataclass(slots=True)
class _Flags:
    """The words between owner and type."""

    ttl: int
    ad: bool = False
    aa: bool = False
    seconds: float = 0.0

    def take(self, word: Word) -> bool:
        """Take *word* if it is one of these."""
        text = word.text.upper()
        if word.quoted:
            return False
        if text == "AD":
            self.ad = True
        elif text == "AA":
            self.aa = True
        elif text.startswith("DELAY="):
            seconds = read_duration(word.text[6:])
            if seconds is None:
                raise BadData(f"{word.text[6:]} is no time", word)
            self.seconds = seconds
        elif (ttl := read_seconds(text)) is not None:
            self.ttl = ttl
        elif text != "IN":
            return False
        return True
