"""Which names can go on where an unfinished expandable string ends, for a prompt or an editor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from eximconf.catalog.index import entries
from eximconf.catalog.model import NEWEST, Argument, Condition, Item, Variable


class Candidate(NamedTuple):
    """A text that could stand there, and what it means."""

    text: str
    meaning: str


class Place(Enum):
    """What a brace, or the space behind an item's name, holds."""

    TEXT = auto()
    ITEM = auto()
    LOOKUP = auto()
    CONDITION = auto()
    MEMBERS = auto()


@dataclass(slots=True)
class _Frame:
    """An open brace: what it holds, the name that stands before the next brace in it, and how many braces
    that name has had."""

    place: Place
    name: str = ""
    braces: int = 0


_TOKEN = re.compile(
    r"\\N.*?(?:\\N|\Z)|\\.|\$\{(?P<item>[A-Za-z0-9_]*)(?P<end>[:}]?)|(?P<open>\{)|(?P<close>\})|(?P<word>[A-Za-z0-9_]+)"
    r"|\$[A-Za-z0-9_]*",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"(?P<start>\$\{?|def:|[+]?)(?P<word>[A-Za-z0-9_<>=]*)\Z")


def candidates(text: str, version: str = NEWEST) -> tuple[str, list[Candidate]]:
    """The unfinished name at the end of *text*, and what Exim *version* lets it become."""
    found = _UNFINISHED.search(text)
    assert found is not None  # it matches the empty end
    start, word = found["start"], found["word"]
    offered = _behind(start, text[: found.start("word")], version)
    return word, sorted({one for one in offered if one.text.startswith(word)})


def _behind(start: str, text: str, version: str) -> Iterator[Candidate]:
    if start in ("$", "def:"):
        return _variables("", version)
    if start == "${":
        return _items(version)
    return _in_place(_innermost(text), version)


def _in_place(frame: _Frame, version: str) -> Iterator[Candidate]:
    match frame:
        case _Frame(place=Place.CONDITION, braces=0) | _Frame(place=Place.ITEM, name="if", braces=0):
            return _named("conditions", version)
        case _Frame(place=Place.LOOKUP, braces=0 | 1):
            return _named("lookups", version)
        case _:
            return iter(())


def _named(key: str, version: str) -> Iterator[Candidate]:
    return (Candidate(one.entry.name, one.entry.meaning) for one in entries(key) if one.entry.known_in(version))


def _items(version: str) -> Iterator[Candidate]:
    yield from _named("items", version)
    yield from (Candidate(f"{one.text}:", one.meaning) for one in _named("operators", version))
    yield from _variables("}", version)


def _variables(end: str, version: str) -> Iterator[Candidate]:
    """Variables with *end* behind them; those of a pattern as far as their names are fixed."""
    for found in entries("variables"):
        entry = found.entry
        if entry.known_in(version) and isinstance(entry, Variable):
            fixed = entry.name.removesuffix("*") if entry.pattern else entry.name + end
            yield Candidate(fixed, entry.meaning)


# Where a string ends --------------------------------------------------------------------------------


def _innermost(text: str) -> _Frame:
    """The innermost thing that is open where *text* ends."""
    open_frames = [_Frame(Place.TEXT)]
    for token in _TOKEN.finditer(text):
        _read(token, open_frames)
    return open_frames[-1]


def _read(token: re.Match[str], frames: list[_Frame]) -> None:
    top = frames[-1]
    if token["item"] is not None:
        if token["end"] != "}":
            frames.append(_Frame(_place_of_item(token["item"], token["end"]), token["item"]))
    elif token["open"]:
        if top.place is not Place.TEXT:
            top.braces += 1
            frames.append(_Frame(_place_of_brace(top)))
    elif token["close"]:
        if len(frames) > 1:
            frames.pop()
    elif token["word"] and top.place in (Place.CONDITION, Place.ITEM) and top.name in ("", "if"):
        top.name = token["word"]


def _place_of_item(name: str, end: str) -> Place:
    if end == ":":
        return Place.TEXT
    return Place.LOOKUP if name == "lookup" else Place.ITEM


def _place_of_brace(frame: _Frame) -> Place:
    """What a brace holds that opens in *frame*: a condition has been named, or an item."""
    if frame.place is Place.MEMBERS:
        return Place.CONDITION
    if frame.name in _with_members():
        return Place.MEMBERS
    arguments = _arguments(frame.name)
    at = frame.braces - 1
    return Place.CONDITION if at < len(arguments) and arguments[at] is Argument.CONDITION else Place.TEXT


def _with_members() -> Iterable[str]:
    return [one.entry.name for one in entries("conditions") if _of_one_condition(one.entry)]


def _of_one_condition(entry: object) -> bool:
    return isinstance(entry, Condition) and entry.arguments == (Argument.CONDITION,)


def _arguments(name: str) -> tuple[Argument, ...]:
    for key in ("conditions", "items"):
        for one in entries(key):
            if one.entry.name == name and isinstance(one.entry, Item | Condition):
                return one.entry.arguments
    return ()
