"""``lsearch``: a key at the start of a line of a text file. Spec: 9.3.9."""

from __future__ import annotations

from functools import lru_cache

from eximconf.lookup.line_file import LineFile, line_file, linear_reader
from eximconf.lookup.model import Backend, Finder, Question, Style
from eximconf.runtime.value import ascii_lower


class Index:
    """The lines of a file by key, the first one of each; letters count alike."""

    __slots__ = ("file", "numbers")

    def __init__(self, file: LineFile) -> None:
        self.file = file
        numbers: dict[str, int] = {}
        for number, key in file.keyed_lines():
            numbers.setdefault(ascii_lower(key), number)
        self.numbers = numbers


@lru_cache(maxsize=16)
def _index(text: str) -> Index:
    return Index(line_file(text))


_READER = linear_reader(_index)


def _open(question: Question) -> Finder:
    index = _READER.load(question)
    numbers, data = index.numbers, index.file.data
    full = "ret=full" in question.options

    def find(key: str) -> str | None:
        number = numbers.get(ascii_lower(key))
        return None if number is None else data(number, full)

    return find


BACKENDS = {"lsearch": Backend(_open, Style.KEY, remembered=False)}
