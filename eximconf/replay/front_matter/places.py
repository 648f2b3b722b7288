"""Where the keys of a TOML text stand, for messages about them. It reads lines and knows no more of TOML than that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*')"""
_KEYS = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEADER = re.compile(rf"[ \t]*\[\[?[ \t]*({_KEYS})[ \t]*\]", re.MULTILINE)
_ENTRY = re.compile(rf"[ \t]*({_KEYS})[ \t]*=")
_ONE = re.compile(_KEY)
_ESCAPED = re.compile(r"\\(.)")
_LONG = re.compile(r'"""|\'\'\'')


class Place(NamedTuple):
    start: int
    end: int


def place_of(toml: str, path: tuple[str, ...]) -> Place:
    """Offsets in *toml* of the key to which *path* leads, or of the nearest one on the way to it."""
    best, depth = Place(0, len(toml.partition("\n")[0])), 0
    for keys, place in _keys(toml):
        common = _common(keys, path)
        if common > depth and len(keys) <= len(path):
            best, depth = place, common
    return best


def _common(keys: tuple[str, ...], path: tuple[str, ...]) -> int:
    count = 0
    for ours, theirs in zip(keys, path, strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def _keys(toml: str) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Each header and each key, with all keys that lead to it."""
    table: tuple[str, ...] = ()
    at, inside = 0, ""
    for line in toml.splitlines(keepends=True):
        if not inside:
            header, entry = _HEADER.match(line), _ENTRY.match(line)
            if header is not None:
                table = _split(header[1])
                yield table, Place(at + header.start(1), at + header.end(1))
            elif entry is not None:
                yield (*table, *_split(entry[1])), Place(at + entry.start(1), at + entry.end(1))
        for mark in _LONG.findall(line):
            if not inside:
                inside = mark
            elif inside == mark:
                inside = ""
        at += len(line)


def _split(keys: str) -> tuple[str, ...]:
    return tuple(_bare(key) for key in _ONE.findall(keys))


def _bare(key: str) -> str:
    if key[0] == '"':
        return _ESCAPED.sub(r"\1", key[1:-1])
    return key[1:-1] if key[0] == "'" else key
