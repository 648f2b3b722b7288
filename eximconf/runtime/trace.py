"""The trace of an evaluation: the lines that Exim prints while it tests a host or debugs.

Exim's lines are indented by how deep it is in ACLs, lists and expansions; every part of it counts up and
down on one number. There is no trace object where nobody listens, so that tracing costs nothing then.
"""

from __future__ import annotations

from collections.abc import Callable

_FOUR = "   \xe2\x95\x8e"  # U+254E in UTF-8: Exim marks every fourth column
_SPACE = "\xe2\x96\x91"  # U+2591
_LINE_END = "\xe2\x86\xa9\n"  # U+21A9


class Trace:
    """Where trace lines go. *level*: the indentation of the next line; whoever raises it lowers it."""

    __slots__ = ("_write", "level")

    def __init__(self, write: Callable[[str], None], level: int = 0) -> None:
        self._write = write
        self.level = level

    def line(self, text: str) -> None:
        """One line (latin-1, no line end), indented; further lines inside *text* are indented too."""
        margin = _FOUR * (self.level >> 2) + " " * (self.level & 3)
        self._write("\n".join(margin + line for line in text.split("\n")))

    def flat(self, text: str) -> None:
        """One line without indentation, as Exim prints some; further lines inside *text* are neither."""
        self._write(text)


def visible(text: str, recent: bool = True) -> str:
    """*text* with spaces, line ends and control characters as the marks that a trace shows for them.

    Octets above 127 are taken for control characters; before 4.99 (not *recent*) only beside some that has a mark.
    """
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    if not recent and min(text) > " ":
        return text
    return "".join(_mark(char) for char in text)


def _mark(char: str) -> str:
    if char == " ":
        return _SPACE
    if char == "\n":
        return _LINE_END
    if " " < char < "\x80":
        return char
    return f"\xe2\x90{chr(0x80 | ord(char))}"  # U+2400 and so on, or what is no UTF-8
