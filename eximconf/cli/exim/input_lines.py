"""Lines of standard input, as the testing modes of Exim read them, after a prompt."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from eximconf.cli.exim import write

_PIECE = 1023
_SPACE = " \t\n\v\f\r"


def input_lines() -> Iterator[str]:
    """The logical lines: one that ends in a backslash goes on in the next."""
    while True:
        write("> ")
        text = _line()
        if text is None:
            write("\n")
            return
        yield text


def _line() -> str | None:
    piece = sys.stdin.buffer.readline(_PIECE)
    if not piece:
        return None
    text = piece.decode("latin-1").rstrip(_SPACE)
    while text.endswith("\\"):
        piece = sys.stdin.buffer.readline(_PIECE)
        text = text[:-1] + piece.decode("latin-1").strip(_SPACE)
        if not piece:
            break
    return text
