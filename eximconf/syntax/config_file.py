"""One physical file as a tree that keeps everything: comments, blank lines, directives, macros.

No macro is replaced here and no file included, so this is the tree for tools that change files: the
octets of a file are those of its pieces, one after the other. Spec: 6.1 "Configuration file format".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from eximconf.source.text import SourceFile
from eximconf.syntax.nodes import node

SPACE = " \t\n\v\f\r"

_WORD = re.compile(r"\.(ifdef|ifndef|elifdef|elifndef|else|endif|include_if_exists|include)(?=[ \t\n\v\f\r]|$)")
_MACRO = re.compile(r"[A-Z][A-Za-z0-9_]*[ \t\v\f\r]*=")
_BEGIN = re.compile(r"begin ", re.IGNORECASE)


class PieceKind(Enum):
    """What a piece of a file is."""

    BLANK = "blank line"
    COMMENT = "comment"
    CONDITIONAL = "conditional directive"
    INCLUDE = "include directive"
    MACRO = "macro definition"
    BEGIN = "start of a section"
    LINE = "other line"


@node
class Piece:
    """One physical line, or the lines of one logical line with all that stands between them.

    *raw*: its octets, newlines included. *start*: its offset in the file.
    """

    kind: PieceKind
    raw: str
    start: int = 0

    @property
    def text(self) -> str:
        """The logical line: continuations joined, comments in it dropped, no white space round it."""
        return _joined(self.raw)

    @property
    def word(self) -> str:
        """The word of a directive, without its dot."""
        found = _WORD.match(self.raw.lstrip(SPACE))
        return found[1] if found else ""

    @property
    def argument(self) -> str:
        """What follows the word of a directive: a file name, or text with macros."""
        return self.raw.strip(SPACE)[len(self.word) + 1 :].strip(SPACE)


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file in pieces."""

    pieces: tuple[Piece, ...]

    def of(self, kind: PieceKind) -> list[Piece]:
        """The pieces of one kind."""
        return [piece for piece in self.pieces if piece.kind is kind]

    def at(self, offset: int) -> Piece | None:
        """The piece that the octet at *offset* belongs to."""
        for piece in self.pieces:
            if piece.start <= offset < piece.start + len(piece.raw):
                return piece
        return None

    def replace(self, piece: Piece, raw: str) -> ConfigFile:
        """This file with the octets of *piece*, one of its own, changed; offsets are counted anew."""
        pieces, start = [], 0
        for each in self.pieces:
            new = raw if each is piece else each.raw
            pieces.append(replace(each, raw=new, start=start))
            start += len(new)
        return ConfigFile(tuple(pieces))


def parse_file(file: SourceFile | str) -> ConfigFile:
    """The pieces of *file*, for any octets."""
    return ConfigFile(tuple(_pieces(file if isinstance(file, str) else file.text)))


def _pieces(text: str) -> Iterator[Piece]:
    start = 0
    while start < len(text):
        end = _line_end(text, start)
        kind = _kind(_content(text[start:end]).lstrip(SPACE))
        if kind in (PieceKind.MACRO, PieceKind.BEGIN, PieceKind.LINE):
            end = _logical_end(text, start, end)
        yield Piece(kind, text[start:end], start)
        start = end


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end + 1


def _content(line: str) -> str:
    """What Exim sees of a physical line: nothing behind a NUL."""
    return line.partition("\0")[0]


def _kind(line: str) -> PieceKind:
    if not line:
        return PieceKind.BLANK
    if line[0] == "#":
        return PieceKind.COMMENT
    if found := _WORD.match(line):
        return PieceKind.INCLUDE if found[1].startswith("include") else PieceKind.CONDITIONAL
    if _MACRO.match(line):
        return PieceKind.MACRO
    return PieceKind.BEGIN if _BEGIN.match(line) else PieceKind.LINE


def _passed_over(line: str) -> bool:
    """Whether a line between continued ones is no part of the logical line."""
    return line.startswith("#") or _WORD.match(line) is not None


def _logical_end(text: str, start: int, end: int) -> int:
    """Where the logical line ends whose first physical line is from *start* to *end*."""
    continued = _content(text[start:end]).rstrip(SPACE).endswith("\\")
    while continued and end < len(text):
        start, end = end, _line_end(text, end)
        line = _content(text[start:end]).strip(SPACE)
        continued = _passed_over(line) or line.endswith("\\")
    return end


def _joined(raw: str) -> str:
    parts = []
    for number, line in enumerate(raw.split("\n")):
        line = _content(line).strip(SPACE)
        if number == 0 or not _passed_over(line):
            parts.append(line[:-1] if line.endswith("\\") else line)
    return "".join(parts).strip(SPACE)
