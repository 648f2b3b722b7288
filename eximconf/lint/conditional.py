"""The parts of a configuration between ``.ifdef`` and ``.endif``, whether they count this time or not. Spec: 6.4."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eximconf.source.text import SourceFile

_LINE = re.compile(r"^[ \t]*(\.(?:ifdef|ifndef|endif)\b)?(.*)$", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z0-9_]+")


def conditional_words(files: Iterable[SourceFile]) -> frozenset[str]:
    """All words in those parts, comments left out: what they name may be there for another machine."""
    return frozenset(word for file in files if ".if" in file.text for word in _words(file.text))


def _words(text: str) -> Iterator[str]:
    depth = 0
    for directive, rest in _LINE.findall(text):
        if directive == ".endif":
            depth = max(0, depth - 1)
        elif directive:
            depth += 1
        elif depth and not rest.startswith("#"):
            yield from _WORD.findall(rest)
