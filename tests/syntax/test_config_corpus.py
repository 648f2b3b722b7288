"""Real configurations and those of Exim's own test suite parse and come back.

They are third-party text and not part of this project: ``EXIMCONF_CORPUS`` and ``EXIMCONF_SUITE`` name
the folders, or they are looked for in ``../shared``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eximconf.source.text import SourceFile, SourceText
from eximconf.syntax.config_file import parse_file
from eximconf.syntax.config_parser import parse_config
from eximconf.syntax.config_unparse import unparse
from eximconf.syntax.preprocess import preprocess

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CORPUS = Path(os.environ.get("EXIMCONF_CORPUS", SHARED / "corpus"))
SUITE = Path(os.environ.get("EXIMCONF_SUITE", SHARED / "conformance" / "suite")) / "confs"


def read(path: Path | str) -> str:
    return Path(path).read_bytes().decode("latin-1")


def check(path: Path) -> list[str]:
    """Read, write and read again; the messages about lines without a shape."""
    text = read(path)
    assert unparse(parse_file(text)) == text
    tree = parse_config(preprocess(SourceFile(str(path), text), read))
    assert parse_config(SourceText.of_string(unparse(tree))) == tree
    return [bad.message for bad in tree.bad()]


def test_corpus() -> None:
    files = sorted([*CORPUS.glob("*.conf"), *CORPUS.glob("*.template")]) if CORPUS.is_dir() else []
    if not files:
        pytest.skip(f"no configurations in {CORPUS}")
    for path in files:
        assert check(path) == [], path.name


def test_suite() -> None:
    files = sorted(path for path in SUITE.iterdir() if path.is_file()) if SUITE.is_dir() else []
    if not files:
        pytest.skip(f"no configurations in {SUITE}")
    for path in files:
        assert set(check(path)) <= {"found unexpected BOM (Byte Order Mark)"}, path.name
