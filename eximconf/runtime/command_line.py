"""A command as Exim takes it apart, without a shell. Spec: 30.3 "How the command is run"."""

from __future__ import annotations

from eximconf.runtime.list_text import SPACE
from eximconf.syntax.escapes import dequote

MAX_WORDS = 60
"""A command with more words is refused."""


def split_command(text: str) -> list[str]:
    """The words of *text*, empty ones in quotes included; an empty text has none.

    Quotes count only where a word begins: in double ones backslash escapes are understood, in single
    ones nothing is. A word ends with its closing quote, even where no white space follows; a quote that
    is not closed reaches to the end. Never fails.
    """
    words: list[str] = []
    at = 0
    while True:
        while at < len(text) and text[at] in SPACE:
            at += 1
        if at >= len(text):
            return words
        if text[at] == "'":
            end = text.find("'", at + 1)
            end = len(text) if end < 0 else end
            words.append(text[at + 1 : end])
            at = end + 1
        else:
            word, at = dequote(text, at)
            words.append(word)
