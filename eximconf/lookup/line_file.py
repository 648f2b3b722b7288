"""The text files of ``lsearch`` and its kin: lines with a key and data, which continue on indented lines.

A file is taken apart once; only the keys are looked at then, the data of a line when it has been found.
Exim reads in pieces of 4095 octets, which shows in very long lines: a key has to end in the first piece,
and white space at the end of a line goes only in the last one. An octet 0 ends what is seen of a piece,
and hides the end of its line. Spec: 9.3.9 "lsearch".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TypeVar

from eximconf.lookup.stored_file import FileReader
from eximconf.runtime.list_text import SPACE
from eximconf.syntax.escapes import ESCAPE, unescape

T = TypeVar("T")

_PIECE = 4095
_KEY = re.compile(r"[^: \t\n\v\f\r]*")
_NOT_A_KEY = frozenset("#" + SPACE)
_SPACES = frozenset(SPACE)


class LineFile:
    """A file as lines. *lines*: the first piece of each; *further*: the rest of long ones, by number."""

    __slots__ = ("further", "lines")

    def __init__(self, text: str) -> None:
        self.lines: list[str] = []
        self.further: dict[int, str] = {}
        lines = text.split("\n")
        if "\0" in text or len(max(lines, key=len)) >= _PIECE:
            self._add_pieces(text)
        else:
            self.lines = lines
            last = lines.pop()
            self.lines = [line.rstrip(SPACE) for line in lines]
            if last:
                self.lines.append(last)

    def _add_pieces(self, text: str) -> None:
        begins = True
        for piece in pieces(text, _PIECE):
            ends = piece.endswith("\n")
            seen = piece.rstrip(SPACE) if ends else piece
            if begins:
                self.lines.append(seen)
            else:
                number = len(self.lines) - 1
                self.further[number] = self.further.get(number, "") + seen
            begins = ends

    def keyed_lines(self) -> Iterator[tuple[int, str]]:
        """The number of each line that has a key, and the key."""
        match = _KEY.match
        for number, line in enumerate(self.lines):
            if not line or line[0] in _NOT_A_KEY:
                continue
            if line[0] == '"':
                yield number, split_key(line)[0]
            else:
                found = match(line)
                assert found is not None
                yield number, found[0]

    def data(self, number: int, full: bool = False) -> str:
        """What the line stands for; *full*: with its key, which has lost its quotes."""
        key, data = split_key(self.lines[number])
        if full:
            data = key + data
        else:
            data = data.lstrip(SPACE)
            data = data[1:].lstrip(SPACE) if data[:1] == ":" else data
        if number in self.further:
            data += self.further[number]
        # An empty line or a comment, and all after it, adds nothing: seen in 4.96 and 4.100-dev.
        following = number + 1
        while following < len(self.lines) and self.lines[following][:1] in _SPACES:
            data += " " + self.lines[following].lstrip(SPACE) + self.further.get(following, "")
            following += 1
        return data


def split_key(line: str) -> tuple[str, str]:
    """The key that *line* begins with, and the rest. A key in double quotes may hold escapes."""
    if line[:1] != '"':
        found = _KEY.match(line)
        assert found is not None
        return found[0], line[found.end() :]
    key, at = [], 1
    while at < len(line) and line[at] != '"':
        escape = ESCAPE.match(line, at)
        key.append(unescape(escape[0]) if escape else line[at])
        at = escape.end() if escape else at + 1
    return "".join(key), line[at + 1 :]


def linear_reader(build: Callable[[str], T]) -> FileReader[T]:
    """The reader of a type that makes *build* of such a file. All of them call themselves the same."""
    return FileReader("lsearch", "{} for linear search", build)


@lru_cache(maxsize=16)
def line_file(text: str) -> LineFile:
    """*text* taken apart."""
    return LineFile(text)


def pieces(text: str, size: int) -> Iterator[str]:
    """What a C program sees of each piece that it reads: a line with its end, or *size* octets of one; up to
    an octet 0."""
    at = 0
    while at < len(text):
        end = text.find("\n", at, at + size) + 1 or min(at + size, len(text))
        yield text[at:end].partition("\0")[0]
        at = end
