"""Finds session files, and chooses among them: ``-k "relay and not slow"``."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator

_TOKEN = re.compile(r"\s*(\(|\)|[^\s()]+)")
Test = Callable[[str], bool]


class BadExpression(Exception):
    """An expression of ``-k`` cannot be read; the text says why."""


def find_sessions(paths: Iterable[str]) -> Iterator[str]:
    """The session files that *paths* name: files as they are, folders with all ``*.smtp`` in and below them, sorted.

    Raises `OSError` for a path that is not there.
    """
    for path in paths:
        if not os.path.isdir(path):
            os.stat(path)
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
            for name in sorted(names):
                if name.endswith(".smtp"):
                    yield os.path.normpath(os.path.join(folder, name))


def chooser(expression: str) -> Test:
    """A test of a session's text (its path and title): words that must be in it, with ``and or not ( )``; upper and
    lower case are alike. Raises `BadExpression`."""
    tokens = _TOKEN.findall(expression)
    reader = _Reader(tokens)
    test = reader.either()
    if reader.at < len(tokens):
        raise BadExpression(f'"{tokens[reader.at]}" does not fit into the expression {expression}')
    return test


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def _next(self) -> str:
        return self.tokens[self.at].lower() if self.at < len(self.tokens) else ""

    def either(self) -> Test:
        tests = [self.both()]
        while self._next() == "or":
            self.at += 1
            tests.append(self.both())
        return lambda text: any(test(text) for test in tests)

    def both(self) -> Test:
        tests = [self.single()]
        while self._next() == "and":
            self.at += 1
            tests.append(self.single())
        return lambda text: all(test(text) for test in tests)

    def single(self) -> Test:
        word = self._next()
        self.at += 1
        match word:
            case "not":
                inner = self.single()
                return lambda text: not inner(text)
            case "(":
                inner = self.either()
                if self._next() != ")":
                    raise BadExpression("a closing bracket is missing in the expression")
                self.at += 1
                return inner
            case "" | ")" | "and" | "or":
                raise BadExpression("a word is missing in the expression")
        return lambda text: word in text.lower()
