"""The reference pages are those of the tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from eximconf.catalog.index import KINDS, entries
from eximconf.catalog.pages import page, pages, write

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
REMEDY = "python -m eximconf.catalog.pages docs/reference"


def test_pages_are_up_to_date() -> None:
    wanted = dict(pages())
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert there.keys() == wanted.keys(), REMEDY
    assert [name for name in wanted if there[name] != wanted[name]] == [], REMEDY


@pytest.mark.parametrize("key", KINDS)
def test_every_entry_is_on_its_page(key: str) -> None:
    headings = [line for line in page(KINDS[key]).splitlines() if line.startswith("### ")]
    assert headings == [f"### `{found.entry.name}`" for found in entries(key)]


def test_old_pages_are_taken_away(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("old")
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"README.md", *(f"{key}.md" for key in KINDS)}
