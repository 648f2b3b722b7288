"""The sample configurations about who sent a message, and what daemons say of it, do what their sessions say, and are without fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from eximconf.cli import main

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"


@pytest.mark.parametrize("name", ["dcc", "dmarc", "spf", "srs"])
def test_sample(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(SAMPLES / name)]) == 0, capsys.readouterr().out
    assert main(["check", str(SAMPLES / name / "exim.conf")]) == 0, capsys.readouterr().out
