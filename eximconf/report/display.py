"""From octets to what a person sees on a terminal or in an editor.

Texts inside the project are octets decoded as latin-1. At this edge they become UTF-8 again; octets
that are not UTF-8 and characters that would act on a terminal or hide (controls, direction marks) are
made visible, so that a report can never move a cursor or lie about a line.
"""

from __future__ import annotations

_TAB = "    "


def visible(octets: str) -> str:
    """*octets* as one line of printable text."""
    if octets.isascii() and octets.isprintable():
        return octets
    return "".join(_show(character) for character in characters(octets))


def characters(octets: str) -> list[str]:
    """The characters of *octets*: an octet that is not UTF-8 is one character, a lone surrogate."""
    return list(octets.encode("latin-1", "replace").decode("utf-8", "surrogateescape"))


def count(octets: str) -> int:
    """How many characters a person sees in *octets*; combining marks belong to the one before."""
    if octets.isascii():
        return len(octets)
    import unicodedata

    return sum(unicodedata.category(c) not in ("Mn", "Me") for c in characters(octets))


def code_points(octets: str) -> int:
    """How many Unicode code points *octets* are; an octet that is not UTF-8 counts as one."""
    return len(octets) if octets.isascii() else len(characters(octets))


def width(octets: str) -> int:
    """How many terminal cells `visible` of *octets* takes."""
    shown = visible(octets)
    if shown.isascii():
        return len(shown)
    import unicodedata

    return sum(_cells(c, unicodedata.category(c), unicodedata.east_asian_width(c)) for c in shown)


def _cells(character: str, category: str, east_asian: str) -> int:
    if category in ("Mn", "Me"):
        return 0
    return 2 if east_asian in "WF" else 1


def _show(character: str) -> str:
    if character == "\t":
        return _TAB
    point = ord(character)
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "\u2421"
    if 0xDC80 <= point <= 0xDCFF:
        return f"\\x{point - 0xDC00:02x}"
    if character.isprintable() or _is_mark(character):
        return character
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}"


def _is_mark(character: str) -> bool:
    import unicodedata

    return unicodedata.category(character) in ("Mn", "Me", "Zs")
