"""What may stand in ``exim-conf.toml``: a JSON Schema, of which ``docs/exim-conf-schema.json`` is a copy."""

from __future__ import annotations

from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

SEVERITIES = ("info", "warning", "error")
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_RULES = "codes, prefixes of codes, and names of rules, or all"

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Settings of exim-conf",
    "description": "exim-conf.toml, in the folder of a configuration or above it; docs/check.md describes it.",
    "type": "object",
    "properties": {
        "target": {
            "description": "the version of Exim to check for, as 4.98",
            "type": "string",
            "pattern": r"^4\.[0-9]+(\.[0-9]+)?$",
        },
        "files": {
            "description": "what exim-conf check looks at when it is given no file: patterns, from this folder on",
            **_TEXTS,
        },
        "exclude": {"description": "patterns of files about which nothing is said", **_TEXTS},
        "select": {"description": f"only these rules: {_RULES}", **_TEXTS},
        "ignore": {"description": f"not these rules: {_RULES}", **_TEXTS},
        "fail-on": {
            "description": "the least severity with which the exit status is 1",
            "enum": [*SEVERITIES, "never"],
        },
        "baseline": {
            "description": "a file of findings that are not reported again, from this folder on",
            **_TEXT,
        },
        "define": {
            "description": "macros by name, as -D defines them",
            "type": "object",
            "additionalProperties": _TEXT,
        },
        "severity": {
            "description": f"how bad findings are, by rule: {_RULES}",
            "type": "object",
            "additionalProperties": {"enum": list(SEVERITIES)},
        },
        "per-file-ignores": {
            "description": "rules that are not reported in some files, by the pattern of their names",
            "type": "object",
            "additionalProperties": _TEXTS,
        },
    },
    "additionalProperties": False,
}
