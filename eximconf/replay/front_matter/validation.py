"""Checks TOML data against the part of JSON Schema that `schema` is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from datetime import time as clock_time
from difflib import get_close_matches
from typing import Any, NamedTuple

from eximconf.replay.front_matter.schema import Schema

_WORDS = {
    "string": "a string", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "array": "an array", "object": "a table",
}  # fmt: skip


class Fault(NamedTuple):
    """What is wrong at the value to which the keys *path* lead."""

    path: tuple[str, ...]
    message: str


def faults(value: Any, schema: Schema, path: tuple[str, ...] = ()) -> Iterator[Fault]:
    """Everything in *value* that *schema* does not allow."""
    if "anyOf" in schema:
        yield from _alternatives(value, schema["anyOf"], path)
        return
    if "const" in schema:
        if value is not schema["const"]:
            yield Fault(path, f"this is {_expected(schema)}")
        return
    if "enum" in schema:
        if value not in schema["enum"]:
            yield Fault(path, f"this is one of {', '.join(schema['enum'])}{_near(value, schema['enum'])}")
        return
    if not _is(value, schema["type"]):
        yield Fault(path, f"this is {_expected(schema)}, not {_named(value)}")
    elif schema["type"] == "object":
        yield from _of_table(value, schema, path)
    elif schema["type"] == "array":
        for item in value:
            yield from faults(item, schema["items"], path)
    elif "pattern" in schema and not re.search(schema["pattern"], str(value)):
        yield Fault(path, f'"{value}" has not the form that is wanted here')
    elif "minimum" in schema and value < schema["minimum"]:
        yield Fault(path, f"this is {schema['minimum']} or more")


def _is(value: Any, kind: str) -> bool:
    match kind:
        case "string":
            return isinstance(value, (str, datetime, date, clock_time))
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list)
    return isinstance(value, dict)


def _of_table(value: dict[str, Any], schema: Schema, path: tuple[str, ...]) -> Iterator[Fault]:
    known, others = schema.get("properties", {}), schema["additionalProperties"]
    for name, item in value.items():
        if name in known:
            yield from faults(item, known[name], (*path, name))
        elif others is False:
            yield Fault((*path, name), f'nothing is known under "{name}"{_near(name, known)}')
        else:
            yield from faults(item, others, (*path, name))
    for name in schema.get("required", ()):
        if name not in value:
            yield Fault(path, f'"{name}" is missing here')


def _alternatives(value: Any, schemas: list[Schema], path: tuple[str, ...]) -> Iterator[Fault]:
    """None if one of *schemas* allows *value*; else the faults of the one that is nearest to it."""
    tried = []
    for schema in schemas:
        found = list(faults(value, schema, path))
        if not found:
            return
        tried.append((schema, found))
    same = [found for schema, found in tried if "type" in schema and _is(value, schema["type"])]
    if len(same) == 1:
        yield from same[0]
    else:
        yield Fault(path, f"this is {' or '.join(dict.fromkeys(_expected(schema) for schema in schemas))}")


def _expected(schema: Schema) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(_expected, schema["anyOf"])))
    if "const" in schema:
        return str(schema["const"]).lower()
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    if schema["type"] == "object" and schema["additionalProperties"] is False:
        return f"a table with {', '.join(schema['properties'])}"
    return _WORDS[schema["type"]]


def _named(value: Any) -> str:
    return next((word for kind, word in _WORDS.items() if _is(value, kind)), "this")


def _near(word: object, known: Any) -> str:
    near = get_close_matches(str(word), list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""
