"""Files to logical lines: comments, continuations, ``.include``, ``.ifdef`` and macros.

What comes out is one text, a line for each logical line, in which every octet knows where it stands in
which file. Nothing is raised: what Exim refuses is a `Fault` among the lines, and reading goes on behind
it. Spec: 6.1 to 6.5 "Macros", "Conditional skips", "File inclusions". Seen on 4.100-dev.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from eximconf.source.text import Location, Segment, SourceFile, SourceText
from eximconf.syntax.escapes import shown
from eximconf.syntax.macros import (
    REPLACED_MAX,
    DefinitionRefused,
    Macro,
    Macros,
    TooMuchReplaced,
    is_definition,
)

Reader: TypeAlias = Callable[[str], str]
"""Gives the octets of a file, latin-1 decoded; raises `OSError` as the operating system would."""

SPACE = " \t\n\v\f\r"
INCLUDE_DEPTH_MAX = 500
"""How many files may include each other. Exim goes on until it can open no more files."""
READ_MAX = 16 << 20
"""How many octets ``.include`` may bring, all in all, each line counted as `_LINE_COST` more."""

_NESTING_MAX = 10
_LINE_COST = 40
_IGNORED = re.compile(r"(?:[ \t\v\f\r]*(?:#[^\n]*)?\n)+")
_CONDITIONAL = re.compile(r"\.(ifdef|ifndef|elifdef|elifndef|else|endif)(.?)", re.DOTALL)
_INCLUDE = re.compile(r"\.include(_if_exists)?(?:[ \t\n\v\f\r]|$)")
_READING, _FAILED, _DONE = range(3)
_AFTER = {  # state: after a true .ifdef, a false one, a true .elifdef or .else, a false .elifdef
    _READING: (_READING, _FAILED, _DONE, _DONE),
    _FAILED: (_DONE, _DONE, _READING, _FAILED),
    _DONE: (_DONE, _DONE, _DONE, _DONE),
}
_OUTCOME = {  # directive: what it counts as with a macro in its line, and without
    "ifdef": (0, 1), "ifndef": (1, 0), "elifdef": (2, 3), "elifndef": (3, 2), "else": (2, 2),
}  # fmt: skip
_WITHOUT_MACROS = ("retrys", "rewrites", "local_scans")


class LogicalLine(NamedTuple):
    """One logical line, without white space round it.

    *start*: its offset in `Preprocessed.source`. *number* and *file*: the last physical line read and
    its file, as Exim's messages name them. *macro*: it was taken as the definition of a macro.
    """

    text: SourceText
    start: int
    number: int
    file: str
    macro: bool = False

    @property
    def location(self) -> Location:
        """The whole line."""
        return self.text.locate(0, len(self.text.text))


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that Exim refuses, in its words.

    *location*: where a person should look; *line* and *file* as Exim's message names them, which it
    does only if it is *positioned*.
    """

    message: str
    location: Location
    line: int
    file: str
    positioned: bool = True


class Turn(NamedTuple):
    """Reading turns to another file before item number *before*: it stands at line *number* of *file*."""

    before: int
    number: int
    file: str


@dataclass(frozen=True, slots=True)
class Preprocessed:
    """A configuration as logical lines.

    *source*: all of them, each with a newline. *items*: lines and faults in the order in which Exim
    meets them. *macros*: as they are at the end. *files*: everything read, the main file first. *turns*:
    where reading went from file to file.
    """

    source: SourceText
    items: tuple[LogicalLine | Fault, ...]
    macros: tuple[Macro, ...] = ()
    files: tuple[SourceFile, ...] = ()
    turns: tuple[Turn, ...] = ()

    @property
    def lines(self) -> list[LogicalLine]:
        return [item for item in self.items if isinstance(item, LogicalLine)]

    @property
    def faults(self) -> list[Fault]:
        return [item for item in self.items if isinstance(item, Fault)]


def preprocess(
    source: SourceFile | SourceText,
    reader: Reader,
    *,
    built_in: Mapping[str, str] | None = None,
    command_line: Mapping[str, str] | None = None,
    name: str = "",
    directory: str = "",
) -> Preprocessed:
    """Take a configuration apart into logical lines.

    *source*: the main file, or a text put together out of several (see `layout`), which *name* is then
    the name of. *directory*: what relative names in ``.include`` start from, instead of the main file's
    own. *built_in* and *command_line* (``-D``): macros by name.
    """
    if isinstance(source, SourceFile):
        name = name or source.name
        source = SourceText.of_file(source)
    macros = Macros(built_in or {}, command_line or {})
    return _Preprocessor(reader, macros).run(_Stream(source, name, directory or os.path.dirname(name)))


@dataclass(slots=True)
class _Stream:
    """A file while it is read: the octet to read next and the number of the last line read."""

    source: SourceText
    name: str
    directory: str
    at: int = 0
    number: int = 0
    text: str = field(init=False)
    has_nul: bool = field(init=False)
    file: SourceFile | None = field(init=False)

    def __post_init__(self) -> None:
        self.text = self.source.text
        self.has_nul = "\0" in self.text
        segments = self.source.segments
        whole = len(segments) == 1 and segments[0].offset == 0 and segments[0].macro is None
        self.file = segments[0].file if whole else None

    def next_line(self) -> int:
        """Move behind the next line; where it ends, at its newline or before at a NUL."""
        start, text = self.at, self.text
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        self.at = end + 1
        self.number += 1
        if self.has_nul:
            nul = text.find("\0", start, end)
            end = nul if nul >= 0 else end
        return end

    def piece(self, start: int, end: int) -> SourceText:
        if self.file is not None:
            return SourceText(self.text[start:end], (Segment(0, self.file, start, None),))
        return self.source.slice(start, end)


class _Stop(Exception):
    """Nothing more can be read."""


class _Preprocessor:
    """Reads one configuration. `run` is called once."""

    def __init__(self, reader: Reader, macros: Macros) -> None:
        self._reader = reader
        self._macros = macros
        self._streams: list[_Stream] = []
        self._files: dict[str, SourceFile] = {}
        self._read = 0
        self._ignored: tuple[_Stream, int, int] | None = None
        self._state = _READING
        self._states: list[int] = []
        self._indented = False
        self._section = ""
        self._items: list[LogicalLine | Fault] = []
        self._turns: list[Turn] = []
        self._texts: list[str] = []
        self._segments: list[Segment] = []
        self._length = 0

    def run(self, stream: _Stream) -> Preprocessed:
        self._streams.append(stream)
        self._turn(1)
        with suppress(_Stop):
            while (line := self._logical_line()) is not None:
                self._emit(line)
        text = "".join(self._texts)
        main = (segment.file for segment in stream.source.segments if segment.file is not None)
        return Preprocessed(
            SourceText(text, tuple(self._segments) or stream.piece(0, 0).segments),
            tuple(self._items),
            self._macros.known,
            tuple(dict.fromkeys([*main, *self._files.values()])),
            tuple(self._turns),
        )

    # Logical lines

    def _logical_line(self) -> SourceText | None:
        """The next logical line, without white space round it; None at the end."""
        parts: list[SourceText] = []
        indented = False
        while (line := self._physical_line(fresh=not parts and not indented)) is not None:
            text = line.text.rstrip(SPACE)
            if not parts:
                indented = self._indented
                if text and text[-1] != "\\":
                    return line if len(text) == len(line.text) else line.slice(0, len(text))
            parts.append(line)
            if not _trim(parts):
                indented = False
            elif parts[-1].text[-1] != "\\":
                return _joined(parts)
            else:
                parts[-1] = parts[-1].slice(0, len(parts[-1].text) - 1)
                if len(parts) == 1 and not parts[0].text:
                    parts.clear()
        return self._unfinished(parts) if parts else None

    def _unfinished(self, parts: list[SourceText]) -> SourceText:
        """A logical line whose continuation is missing. A last line that does not count, a comment say,
        is part of it then: Exim's buffer still holds it."""
        if self._ignored is not None:
            stream, start, end = self._ignored
            with suppress(TooMuchReplaced):
                parts.append(self._macros.replaced(stream.piece(start, end), fresh=False))
        return _joined(parts)

    def _physical_line(self, *, fresh: bool) -> SourceText | None:
        """The next line that counts, macros replaced, without white space at its front and without its
        newline; None at the end of everything."""
        self._ignored = None
        while True:
            stream = self._streams[-1]
            if fresh and (skipped := _IGNORED.match(stream.text, stream.at)):
                stream.number += stream.text.count("\n", stream.at, skipped.end())
                stream.at = skipped.end()
            start = stream.at
            if start >= len(stream.text):
                if not self._end_of_file(stream):
                    return None
                continue
            end = stream.next_line()
            line = self._counting(stream, start, end, fresh)
            if line is not None:
                return line
            whole = stream.text.startswith("\n", end)
            self._ignored = (stream, start, end + 1 if whole else end)

    def _counting(self, stream: _Stream, start: int, end: int, fresh: bool) -> SourceText | None:
        """The line from *start* to *end*, or None if it does not count."""
        text = stream.text
        begin = start
        while begin < end and text[begin] in SPACE:
            begin += 1
        if text.startswith("#", begin):
            return None
        line = whole = stream.piece(begin, end)
        if self._macros.may_stand(text, begin, end):
            line = self._replaced(stream, line, fresh)
        self._indented = begin > start
        if line.text[:1] == ".":
            if found := _CONDITIONAL.match(line.text):
                self._conditional(stream, whole, found, line is not whole)
                return None
            if self._state == _READING and (found := _INCLUDE.match(line.text)):
                self._include(stream, line, found)
                return None
        return None if self._state != _READING or line.text[:1] == "#" else line

    def _replaced(self, stream: _Stream, line: SourceText, fresh: bool) -> SourceText:
        try:
            replaced = self._macros.replaced(line, fresh=fresh)
        except TooMuchReplaced:
            message = f"macros make the configuration longer than {REPLACED_MAX >> 20} MB"
            self._refuse(message, line, stream)
            raise _Stop from None
        if replaced is not line and replaced.text[:1] in SPACE:
            blank = len(replaced.text) - len(replaced.text.lstrip(SPACE))
            replaced = replaced.slice(blank, len(replaced.text))
        return replaced

    # Files

    def _end_of_file(self, stream: _Stream) -> bool:
        """Go back to the including file; False at the end of everything."""
        if len(self._streams) > 1:
            self._streams.pop()
            self._turn(self._streams[-1].number)
            return True
        if self._states:
            self._states.clear()
            end = stream.piece(len(stream.text), len(stream.text))
            self._refuse("Unexpected end of configuration file: .endif missing", end, stream)
        return False

    def _include(self, stream: _Stream, line: SourceText, found: re.Match[str]) -> None:
        start, end = _name_of_file(line.text, found.end())
        path, name = line.text[start:end], line.slice(start, end)
        if not path.startswith("/"):
            if found[1]:
                self._refuse(f".include specifies a non-absolute path {shown(path)}", name, stream)
                return
            path = f"{stream.directory}/{path}" if stream.directory else path
        file = self._open(path, optional=found[1] is not None)
        if file is None:
            self._refuse(f"failed to open included configuration file {path}", name, stream)
        elif len(self._streams) > INCLUDE_DEPTH_MAX:
            self._refuse(f"failed to open included configuration file {path}", name, stream)
            raise _Stop
        elif self._read > READ_MAX:
            self._refuse(f"the included files are longer than {READ_MAX >> 20} MB", name, stream)
            raise _Stop
        else:
            self._read += len(file.text) + _LINE_COST * (1 + file.text.count("\n"))
            self._turn(stream.number)
            self._streams.append(_Stream(SourceText.of_file(file), path, os.path.dirname(path)))
            self._turn(1)

    def _turn(self, number: int) -> None:
        self._turns.append(Turn(len(self._items), number, self._streams[-1].name))

    def _open(self, path: str, *, optional: bool) -> SourceFile | None:
        """The file *path*; an empty one if it does not exist and is *optional*; None if it fails."""
        if path not in self._files:
            try:
                self._files[path] = SourceFile(path, self._reader(path))
            except IsADirectoryError:  # Exim opens it and finds nothing to read
                return SourceFile(path, "")
            except (FileNotFoundError, NotADirectoryError):
                return SourceFile(path, "") if optional else None
            except (OSError, ValueError):
                return None
        return self._files[path]

    # Conditional skips

    def _conditional(self, stream: _Stream, line: SourceText, found: re.Match[str], true: bool) -> None:
        """Obey a directive. One with something else behind its word than white space is passed over."""
        word, behind = found.groups()
        if behind not in ("", " ", "t", "\n"):
            return
        if word in ("ifdef", "ifndef"):
            if len(self._states) >= _NESTING_MAX:
                self._refuse(f".{word} nested too deeply", line, stream)
                raise _Stop
            self._states.append(self._state)
        elif not self._states:
            self._refuse(f".{word} without matching .ifdef", line, stream)
            return
        if word == "endif":
            self._state = self._states.pop()
        else:
            self._state = _AFTER[self._state][_OUTCOME[word][0 if true else 1]]

    # What comes out

    def _refuse(self, message: str, line: SourceText, stream: _Stream, *, positioned: bool = True) -> None:
        place = line.locate(0, len(line.text))
        self._items.append(Fault(message, place, stream.number, stream.name, positioned))

    def _emit(self, line: SourceText) -> None:
        text, stream = line.text, self._streams[-1]
        macro = False
        if text[0] in "bB" and text[:6].lower() == "begin ":
            section = text[6:].lstrip(SPACE).lower()
            self._section = section if section.endswith("s") else section + "s"
        elif "A" <= text[0] <= "Z" and (macro := self._defines(text)):
            try:
                self._macros.define(line)
            except DefinitionRefused as refused:
                self._refuse(refused.message, line, stream, positioned=refused.positioned)
        self._items.append(LogicalLine(line, self._length, stream.number, stream.name, macro))
        start = self._length
        for segment in line.segments:
            self._segments.append(Segment(segment.start + start, segment.file, segment.offset, segment.macro))
        self._texts += (text if "\n" not in text else text.replace("\n", " "), "\n")
        self._length = start + len(text) + 1

    def _defines(self, text: str) -> bool:
        """Whether this line, which begins with a capital letter, defines a macro in this section."""
        return not self._section or (self._section not in _WITHOUT_MACROS and is_definition(text))


def _name_of_file(text: str, start: int) -> tuple[int, int]:
    """Where the file's name stands in an ``.include`` line, behind the directive."""
    end = len(text.rstrip(SPACE))
    while start < end and text[start] in SPACE:
        start += 1
    if end - start > 1 and text[start] == '"' == text[end - 1]:
        return start + 1, end - 1
    return start, max(start, end)


def _trim(parts: list[SourceText]) -> bool:
    """Drop the white space at the end of *parts*; False if nothing is left."""
    while parts:
        length = len(parts[-1].text.rstrip(SPACE))
        if length:
            if length < len(parts[-1].text):
                parts[-1] = parts[-1].slice(0, length)
            return True
        parts.pop()
    return False


def _joined(parts: list[SourceText]) -> SourceText:
    return parts[0] if len(parts) == 1 else SourceText.join(parts)
