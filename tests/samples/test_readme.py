"""The README shows what the tool really prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from eximconf.cli import main

TOP = Path(__file__).resolve().parent.parent.parent


def test_readme_shows_the_real_output(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    assert main(["check", "samples/first/exim.conf"]) == 1
    printed = capfd.readouterr().out
    assert f"$ exim-conf check samples/first/exim.conf\n{printed.rstrip()}\n```" in (TOP / "README.md").read_text()


def test_readme_names_every_command() -> None:
    from eximconf.cli import COMMANDS

    text = (TOP / "README.md").read_text()
    assert [name for name in COMMANDS if f"`exim-conf {name}" not in text] == []
