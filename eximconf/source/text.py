"""Text that remembers, octet by octet, which physical file it came from.

Everything the project parses is a `SourceText`: the octets of a configuration decoded as latin-1
(one character an octet) together with their origin. Joining continuation lines, replacing macros
and removing quotes build new texts out of slices of old ones, so a finding anywhere can be shown
at its file, line and column.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from typing import NamedTuple

from eximconf.source.records import record


class SourceFile:
    """One physical file, or a string given on a command line.

    *name* is the path as the user wrote it (or a label such as ``<command line>``), *text* the
    octets decoded as latin-1.
    """

    __slots__ = ("_starts", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._starts: list[int] | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of *offset*, both from 1; the column counts octets."""
        starts = self._line_starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of line *number* (from 1) without its line end; empty past the last line."""
        starts = self._line_starts()
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def offset(self, line: int, column: int = 1) -> int:
        """The offset of *line* and *column* (both from 1), kept inside the file."""
        starts = self._line_starts()
        line = min(max(line, 1), len(starts))
        return min(starts[line - 1] + column - 1, len(self.text))

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return self._starts


@record
class Location:
    """A stretch of a physical file: offsets into ``file.text``, end exclusive."""

    file: SourceFile
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.file.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.file.position(self.start)[1]

    def __str__(self) -> str:
        line, column = self.file.position(self.start)
        return f"{self.file.name}:{line}:{column}"


@record
class MacroUse:
    """The place where a macro was used, and where its value was defined (None: built in)."""

    name: str
    use: Location
    definition: Location | None
    outer: MacroUse | None = None


class Segment(NamedTuple):
    """From *start* in the text on, octets come from *file* at *offset* on, one by one.

    With *macro* set, all octets of the segment stand for the macro's use; *file* and *offset*
    then point into the macro's definition and may be absent (None).
    """

    start: int
    file: SourceFile | None
    offset: int
    macro: MacroUse | None


@record
class SourceText:
    """A text and the origin of each of its octets. Slice with `slice`, join with `join`."""

    text: str
    segments: tuple[Segment, ...] = field(repr=False)

    @classmethod
    def of_file(cls, file: SourceFile) -> SourceText:
        return cls(file.text, (Segment(0, file, 0, None),))

    @classmethod
    def of_string(cls, text: str, name: str = "<string>") -> SourceText:
        return cls.of_file(SourceFile(name, text))

    def slice(self, start: int, end: int) -> SourceText:
        """The octets from *start* up to *end*, with their origin."""
        segments = self.segments
        if len(segments) == 1:
            file, offset, macro = segments[0][1:]
            moved = (Segment(0, file, offset + start, macro),) if start else segments
            return SourceText(self.text[start:end], moved)
        out: list[Segment] = []
        for number in range(self._index(start), len(segments)):
            begin, file, offset, macro = segments[number]
            if begin >= end and out:
                break
            out.append(Segment(max(0, begin - start), file, offset + max(0, start - begin), macro))
        return SourceText(self.text[start:end], tuple(out))

    @staticmethod
    def join(parts: list[SourceText]) -> SourceText:
        """The parts one after the other."""
        segments: list[Segment] = []
        length = 0
        for part in parts:
            for start, file, offset, macro in part.segments:
                segments.append(Segment(start + length, file, offset, macro))
            length += len(part.text)
        return SourceText("".join(p.text for p in parts), tuple(segments))

    def locate(self, start: int, end: int | None = None) -> Location:
        """The physical place of the octets from *start* up to *end* (default: one octet).

        Text that came from a macro is at the place where the macro was used. A stretch that
        crosses several segments ends where its last octet stands if that is in the same file,
        else at the end of its first segment.
        """
        end = start + 1 if end is None else end
        segment = self.segments[self._index(start)]
        first = self._physical(segment, start)
        if end <= start:
            return Location(first.file, first.start, first.start)
        last_segment = self.segments[self._index(end - 1)]
        last = first if last_segment is segment and segment.macro else self._physical(last_segment, end - 1)
        stop = last.end if last.file is first.file and last.end > first.start else first.end
        return Location(first.file, first.start, stop)

    def macro_at(self, offset: int) -> MacroUse | None:
        """The macro that the octet at *offset* came from, innermost first, or None."""
        return self.segments[self._index(offset)].macro

    def _index(self, offset: int) -> int:
        segments = self.segments
        if len(segments) == 1:
            return 0
        return max(0, bisect_right(segments, offset, key=lambda segment: segment.start) - 1)

    @staticmethod
    def _physical(segment: Segment, offset: int) -> Location:
        if segment.macro is not None:
            use = segment.macro
            while use.outer is not None:
                use = use.outer
            return use.use
        assert segment.file is not None
        at = segment.offset + offset - segment.start
        return Location(segment.file, at, at + 1)
