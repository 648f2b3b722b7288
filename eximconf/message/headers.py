"""Header lines of a message: reading them as Exim does at reception, and what ``$h_…`` gives.

A header line is kept as it came, its continuation lines and its line end included. Spec: 11.5
``$header_<name>:``, ``$message_headers``; RFC 5322.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from eximconf.message import rfc2047
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.settings import is_on
from eximconf.runtime.value import Tainted

INSERT_MAX = 65536
"""No reference to header lines inserts much more than this many octets."""

_NAME = re.compile(r"[!-9;-~\x80-\xff]*[ \t-\r]*:")
_ADDRESSES = frozenset((
    "bcc", "cc", "from", "reply-to", "sender", "to",
    "resent-bcc", "resent-cc", "resent-from", "resent-sender", "resent-to",
))  # fmt: skip


class ReadHeaders(NamedTuple):
    """The header section of a message.

    *lines*: the header lines; *end*: where the body begins, behind the empty line or behind the first line, and
    its continuation, that is no header line; *stopped*: that line, "" if the message ends before one. *complete* is false
    if a dot ended it in its header.
    """

    lines: list[str]
    end: int
    stopped: str = ""
    complete: bool = True


def read_headers(text: str, start: int = 0) -> ReadHeaders:
    """The header lines of the message *text* from *start* on.

    CR LF ends a line as LF does; a CR alone folds one; NUL octets become ``?``, but none may be in a name; lines of
    white space at the end of a header line are dropped. A line with a single dot ends the message.
    """
    lines: list[list[str]] = []
    at = start
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        pieces = [_received(text[at:end])]
        if pieces[0] == ".\n":
            return ReadHeaders(_trimmed(lines), at, complete=False)
        at = end
        while pieces[0] != "\n" and text[at : at + 1] in (" ", "\t"):
            end = text.find("\n", at) + 1 or len(text)
            pieces.append(_received(text[at:end]))
            at = end
        if not is_header_line("".join(pieces)):
            return ReadHeaders(_trimmed(lines), at, "".join(pieces).replace("\0", "?"))
        lines.append(pieces)
    return ReadHeaders(_trimmed(lines), at)


def is_header_line(text: str) -> bool:
    """Whether *text* begins as a header line does: with a name and a colon."""
    return _NAME.match(text) is not None


def _received(line: str) -> str:
    line = line.removesuffix("\n").removesuffix("\r")
    return line.replace("\r", "\n ") + "\n"


def _trimmed(lines: list[list[str]]) -> list[str]:
    return [_without_blank_end("".join(pieces).replace("\0", "?")) for pieces in lines]


def _without_blank_end(line: str) -> str:
    kept = len(line.rstrip(" \t\n"))
    return line[: line.index("\n", kept) + 1]


class HeaderLines:
    """The `Headers` of a list of header lines, which may grow and change while it is in use."""

    __slots__ = ("lines", "settings")

    def __init__(self, lines: Sequence[str], settings: Mapping[str, str]) -> None:
        self.lines = lines
        self.settings = settings

    def fetch(self, name: str, form: str) -> str | None:
        """What ``$h_name:`` (form ``h``), ``$rh_``, ``$bh_`` and ``$lh_`` stand for; None if there is no such line.

        ``h`` and ``bh``: without white space around, several lines joined by a newline, after a comma if
        they hold addresses, and encoded words decoded; ``h`` converts them to ``headers_charset``.
        ``rh``: as they are. ``lh``: a list with colons.
        """
        start = f"{name}:".lower()
        size = len(start)
        values = [line[size:] for line in self.lines if line[:size].lower() == start]
        if not values:
            return None
        if form == "rh":
            return Tainted(_limited(values, ""))
        if form == "lh":
            return Tainted(_listed(values))
        between = ",\n" if name.lower() in _ADDRESSES else "\n"
        stripped = [value for value in (value.strip(SPACE) for value in values) if value]
        return Tainted(self._decoded(_limited(stripped, between), form == "h"))

    def all(self, raw: bool) -> str:
        """``$message_headers``, or *raw* ``$message_headers_raw``."""
        if raw:
            return Tainted(_limited(self.lines, ""))
        text = _limited([line.rstrip(SPACE) for line in self.lines], "\n")
        return Tainted(self._decoded(text, False))

    def _decoded(self, text: str, convert: bool) -> str:
        if "=?" not in text:
            return text
        charset = self.settings.get("headers_charset", "ISO-8859-1") if convert else None
        check_length = is_on(self.settings, "check_rfc2047_length", default=True)
        return rfc2047.decode(text, charset, check_length=check_length)[0]


def _limited(values: Sequence[str], between: str) -> str:
    """The values one after the other, as far as `INSERT_MAX` lets them; what stands *between* does not count."""
    parts: list[str] = []
    size = 0
    for value in values:
        room = INSERT_MAX - size
        if room <= 0:
            break
        if parts:
            parts.append(between)
            size += len(between)
        parts.append(value[:room])
        size += min(len(value), room)
    return "".join(parts)


def _listed(values: Sequence[str]) -> str:
    """The values as a list with colons; they count towards the limit as it grows."""
    text = ""
    for value in values:
        room = INSERT_MAX - len(text)
        if room <= 0:
            break
        text += ":" if text else ""
        text += value.removesuffix("\n")[:room].replace(":", "::")
    return text
