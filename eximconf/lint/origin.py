"""Where a text that came out of a macro was written."""

from __future__ import annotations

from eximconf.source.diagnostic import Label
from eximconf.source.text import Location, MacroUse, Segment, SourceText


def origin_labels(source: SourceText, offset: int) -> tuple[Label, ...]:
    """Labels "expanded from macro NAME", innermost first; none for text that is no macro's."""
    segment = _segment(source, offset)
    if segment.macro is None:
        return ()
    labels = []
    if segment.file is not None:
        at = min(segment.offset + offset - segment.start, max(len(segment.file.text) - 1, 0))
        labels.append(_label(segment.macro, Location(segment.file, at, at + 1)))
    outer: MacroUse | None = segment.macro if segment.file is None else segment.macro.outer
    while outer is not None:
        if outer.definition is not None:
            labels.append(_label(outer, outer.definition))
        outer = outer.outer
    return tuple(labels)


def _label(use: MacroUse, location: Location) -> Label:
    return Label(location, f"expanded from macro {use.name}")


def _segment(source: SourceText, offset: int) -> Segment:
    found = source.segments[0]
    for segment in source.segments:
        if segment.start > offset:
            break
        found = segment
    return found
