"""TOML text to data, with places for everything that is wrong in it."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from eximconf.replay.front_matter.places import place_of
from eximconf.replay.front_matter.schema import CONNECTION, SCHEMA, SESSION
from eximconf.replay.front_matter.validation import faults
from eximconf.source.diagnostic import Diagnostic, Severity
from eximconf.source.text import Location, SourceFile

Values: TypeAlias = dict[str, Any]
"""What a block says; texts are latin-1 decoded octets, keys too."""

_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)")


class BadToml(Exception):
    """The text is no TOML: *message*, at *offset* in it."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def read_block(
    toml: str, file: SourceFile, start: int, *, first: bool, connects: bool
) -> tuple[Values, list[Diagnostic]]:
    """The values in the block that begins at *start* of *file*, and what is wrong with it; no values are given then.

    *first*: it is the first of the session; *connects*: it stands at the start of a connection.
    """
    try:
        data = parse(toml)
    except BadToml as error:
        return {}, [_diagnostic(error.message, file, start + error.offset, start + error.offset + 1)]
    found = []
    for path, message in faults(data, SCHEMA):
        found.append(_at_key(message, toml, path, file, start))
    for name in data:
        if name in SESSION and not first:
            found.append(_at_key(f'"{name}" belongs into the first block', toml, (name,), file, start))
        elif name in CONNECTION and not (first or connects):
            message = f'"{name}" cannot change while the client is connected; a line with --- begins a new connection'
            found.append(_at_key(message, toml, (name,), file, start))
    return ({}, found) if found else (_octets(data), [])


def parse(toml: str) -> Values:
    """The data of *toml* (latin-1 decoded octets) as TOML has it: Unicode. Raises `BadToml`."""
    import tomllib

    octets = toml.encode("latin-1")
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadToml("TOML is UTF-8, and this is not", error.start) from None
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        message, offset = _placed(str(error), text)
        raise BadToml(message, offset) from None
    except RecursionError:
        raise BadToml("this is nested too deeply", 0) from None
    except ValueError as error:  # a number that is too long
        raise BadToml(str(error), 0) from None


def _placed(message: str, text: str) -> tuple[str, int]:
    """The message without its place, and the place in octets."""
    found = _PLACE.search(message)
    if found is None:
        return message.removesuffix(" (at end of document)"), len(text.encode("utf-8"))
    lines = text.replace("\r\n", "\n").split("\n")
    line, column = int(found[1]), int(found[2])
    before = "\n".join([*lines[: line - 1], lines[line - 1][: column - 1]])
    return message[: found.start()] + message[found.end() :], len(before.encode("utf-8"))


def _octets(value: Any) -> Any:
    if isinstance(value, str):
        return octets(value)
    if isinstance(value, dict):
        return {octets(name): _octets(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_octets(item) for item in value]
    return value


def octets(text: str) -> str:
    """Unicode *text* as latin-1 decoded octets."""
    return text if text.isascii() else text.encode("utf-8").decode("latin-1")


def unicode_of(text: str) -> str:
    """The reverse; octets that are not UTF-8 become U+FFFD."""
    return text if text.isascii() else text.encode("latin-1", "replace").decode("utf-8", "replace")


def _at_key(message: str, toml: str, path: tuple[str, ...], file: SourceFile, start: int) -> Diagnostic:
    place = place_of(toml, tuple(map(octets, path)))
    where = ".".join(path[:-1] if f'"{path[-1]}"' in message else path) if path else ""
    return _diagnostic(f"{octets(where)}: {octets(message)}" if where else octets(message), file, start + place.start, start + place.end)


def _diagnostic(message: str, file: SourceFile, start: int, end: int) -> Diagnostic:
    return Diagnostic("EX802", "session-front-matter", Severity.ERROR, message, Location(file, start, end))
