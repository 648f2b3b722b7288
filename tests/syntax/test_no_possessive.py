"""Python 3.11.2, which Debian 12 has, compiles possessive quantifiers and atomic groups wrong: there are none."""

from __future__ import annotations

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "eximconf"
_POSSESSIVE = re.compile(r"(?<!\\)(?:[*+?]|(?<!\\)\})\+|\(\?>")
_IN_CLASS = re.compile(r"\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]")


def _patterns(path: Path) -> list[str]:
    """The constant texts that are given to functions of ``re``."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args):
            continue
        first = node.args[0]
        parts = first.values if isinstance(first, ast.JoinedStr) else [first]
        found += [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return found


def test_no_possessive_quantifiers() -> None:
    faults = []
    for path in PACKAGE.rglob("*.py"):
        for pattern in _patterns(path):
            bare = _IN_CLASS.sub("x", pattern)
            if _POSSESSIVE.search(bare):
                faults.append(f"{path.name}: {pattern}")
    assert faults == []


def test_it_would_be_noticed() -> None:
    assert _POSSESSIVE.search(_IN_CLASS.sub("x", r"(?:a[*+]?+)*+"))
    assert not _POSSESSIVE.search(_IN_CLASS.sub("x", r"[?*+]+\+(?:\*+)"))
