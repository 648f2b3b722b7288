"""``json``: an element of a JSON file, by a list of names and indexes. Spec: 9.3.7.

The file is held to what the library of a real Exim takes: an object or an array, integers of 64 bits, no
octet 0 and no half of a surrogate pair in strings; anything else is as if there was nothing in it.
"""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from typing import NoReturn, TypeAlias

from eximconf.lookup.model import Backend, Finder, Question, Style
from eximconf.lookup.stored_file import FileReader
from eximconf.runtime.list_text import split
from eximconf.runtime.machine import INT64_MAX, INT64_MIN, magnitude

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_DEEPEST = 2048
_DIGITS = re.compile(r"[0-9]*")
_NOT_IN_STRINGS = re.compile("[\0\ud800-\udfff]")
_ESCAPED = re.compile(r'[\x00-\x1f"\\]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_EXPONENT = re.compile(r"e\+?(-?)0*")


@lru_cache(maxsize=16)
def _document(text: str) -> list[Json]:
    """The document in a list, which is empty if there is none."""
    try:
        document: Json = json.loads(text.encode("latin-1").decode("utf-8"), parse_int=_integer, parse_float=_real,
                                    parse_constant=_refuse)  # fmt: skip
        if not isinstance(document, dict | list):
            return []
        _check(document)
    except (ValueError, RecursionError):
        return []
    return [document]


def _integer(digits: str) -> int:
    number = magnitude(digits.lstrip("-"))
    number = -number if digits[0] == "-" else number
    if not INT64_MIN <= number <= INT64_MAX:
        raise ValueError(digits)
    return number


def _real(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(digits)
    return number


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _check(document: Json) -> None:
    """Raise `ValueError` for strings that may not be and for what is nested too deeply."""
    level: list[Json] = [document]
    for _ in range(_DEEPEST):
        level = [inner for element in level for inner in _inner(element)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _inner(element: Json) -> list[Json]:
    if isinstance(element, str) and _NOT_IN_STRINGS.search(element):
        raise ValueError(element)
    if isinstance(element, dict):
        return [*element.keys(), *element.values()]
    return element if isinstance(element, list) else []


def _step(element: Json, name: str) -> list[Json]:
    """What *name* selects in *element*, in a list; digits, or nothing, are an index and never a name."""
    if _DIGITS.fullmatch(name):
        index = magnitude(name)
        return element[index : index + 1] if isinstance(element, list) else []
    try:
        key = name.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return []
    return [element[key]] if isinstance(element, dict) and key in element else []


def _value(element: Json) -> str | None:
    """*element* as a look-up gives it, octets; None for ``null``."""
    match element:
        case None:
            return None
        case str():
            return _octets(element)
        case bool():
            return "true" if element else "false"
        case float():
            return f"{element:f}"
        case _:
            return _octets(_written(element))


def _written(element: Json) -> str:
    match element:
        case None:
            return "null"
        case bool():
            return "true" if element else "false"
        case str():
            return '"' + _ESCAPED.sub(_escape, element) + '"'
        case int():
            return str(element)
        case float():
            return _written_real(element)
        case list():
            return "[" + ", ".join(map(_written, element)) + "]"
        case dict():
            members = (f"{_written(name)}: {_written(member)}" for name, member in element.items())
            return "{" + ", ".join(members) + "}"


def _written_real(number: float) -> str:
    """17 digits, with a point or an exponent; that has no plus sign and no zeros in front."""
    text = _EXPONENT.sub(r"e\1", f"{number:.17g}")
    return text if "." in text or "e" in text else text + ".0"


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}"


def _octets(text: str) -> str:
    return text.encode("utf-8").decode("latin-1")


_READER = FileReader("json", "{} for json search", _document)


def _open(question: Question) -> Finder:
    document = _READER.load(question)

    def find(path: str) -> str | None:
        at = document
        for name in split(path)[0]:
            at = _step(at[0], name) if at else []
        try:
            return _value(at[0]) if at else None
        except RecursionError:
            return None

    return find


BACKENDS = {"json": Backend(_open, Style.KEY, remembered=False)}
