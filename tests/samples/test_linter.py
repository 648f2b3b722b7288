"""The linter that the documentation shows is the one in samples/, and it works."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
SCRIPT = TOP / "samples" / "linter" / "no_plain_auth.py"


def test_finds_plain_authentication(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), str(SCRIPT.with_name("exim.conf"))])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    out = capsys.readouterr().out
    assert out.endswith("exim.conf:4:10: error MY001 passwords may pass in the clear here\n")


def test_page_shows_it_as_it_is() -> None:
    page = (TOP / "docs" / "library.md").read_text(encoding="utf-8")
    script = SCRIPT.read_text(encoding="utf-8")
    rule = script[script.index("class PlainAuth") : script.index("\n\nif __name__")]
    assert rule.strip() in page
