"""The look-up type that docs/lookups.md shows, installed as another package would have it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


def blocks(language: str) -> list[str]:
    page = (TOP / "docs" / "lookups.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """An environment in which Python finds the package."""
    (code,), (entry,) = blocks("python"), blocks("toml")
    name, target = re.findall(r'^(\w+) = "(.*)"$', entry, re.MULTILINE)[0]
    (tmp_path / f"{target.partition(':')[0]}.py").write_text(code)
    info = tmp_path / "exim_tsv-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: exim-tsv\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[eximconf.lookups]\n{name} = {target}\n")
    (tmp_path / "boxes.tsv").write_text("anna\t/home/anna\n*.example.org\tall of them\n*@example.net\tanybody\n")
    path = os.pathsep.join([str(tmp_path), str(TOP), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, "BOXES": str(tmp_path / "boxes.tsv")}


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("${lookup{anna}tsv{FILE}}", "/home/anna"),
        ("${lookup{a.b.example.org}partial-tsv{FILE}{$value $1}}", "all of them a.b"),
        ("${lookup{x@example.net}tsv*@{FILE}}", "anybody"),
        ("${lookup{nobody}tsv{FILE}{$value}{none}}", "none"),
        ("${lookup{anna}tsv,ret=key{FILE}}", "anna"),
        ("${lookup{anna}tsv{/no/file}}", "failure: failed to open /no/file for tsv search: No such file or directory"),
    ],
)
def test_the_page_shows_a_type_that_works(installed: dict[str, str], item: str, value: str) -> None:
    command = [sys.executable, "-m", "eximconf", "expand", item.replace("FILE", installed["BOXES"])]
    done = subprocess.run(command, capture_output=True, text=True, env=installed, timeout=60)
    assert f"{value}\n" in (done.stdout, done.stderr)
