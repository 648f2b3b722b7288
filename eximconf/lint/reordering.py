"""Puts the conditions and modifiers of an ACL statement into another order, in the files that hold them."""

from __future__ import annotations

from eximconf.config.model import AclClause, AclStatement
from eximconf.source.text import Location


def moved(statement: AclStatement, number: int, to: int) -> tuple[tuple[Location, str], ...]:
    """What has to stand where, so that clause *number* of *statement* comes to be number *to*; those between make room.

    The texts change places; verbs, indentation, and comments between the lines stay. Empty where a clause is not wholly
    written in one file, since some of it comes from a macro.
    """
    first, last = sorted((number, to))
    places = [_written(clause) for clause in statement.clauses[first : last + 1]]
    known = [place for place in places if place is not None]
    if len(known) < len(places) or len({id(place.file) for place in known}) > 1:
        return ()
    texts = [place.file.text[place.start : place.end] for place in known]
    texts.insert(to - first, texts.pop(number - first))
    return tuple(zip(known, texts, strict=True))


def _written(clause: AclClause) -> Location | None:
    """Where a clause stands, its negation and its continuation lines with it."""
    line = clause.line
    start = clause.word_at
    if clause.negated:
        start = line.text.rfind("!", 0, start)
    segments = [segment for segment in line.segments if segment.start < len(line.text)]
    if start < 0 or any(each.file is None or each.macro is not None or each.file is not segments[0].file for each in segments):
        return None
    return line.locate(start, len(line.text))
