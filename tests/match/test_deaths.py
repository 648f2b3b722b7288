"""Faults in a list that end Exim: ours fails with the message that it logs (``deaths.txt``)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from generated_lists import write_files

import eximconf
from eximconf.api import expand

LINES = (Path(__file__).parent / "deaths.txt").read_text(encoding="utf-8").split("\n")[1:-1]
CASES = [(line, message.removeprefix("!! ")) for line, message in zip(LINES[::2], LINES[1::2], strict=True)]


@pytest.mark.parametrize(("line", "message"), CASES, ids=[line for line, _ in CASES])
def test_message(line: str, message: str, folder: Path) -> None:
    ctx = eximconf.load(str(write_files(folder))).context()
    assert expand(line.replace("FOLDER", str(folder)), ctx).message == message.replace("FOLDER", str(folder))


def test_real_exim_dies(real_exim: str, folder: Path) -> None:
    config = write_files(folder)
    for line, message in CASES:
        command = [real_exim, "-C", str(config), "-be", line.replace("FOLDER", str(folder))]
        done = subprocess.run(command, capture_output=True, timeout=20, encoding="latin-1")
        assert done.returncode != 0, line
        assert done.stderr.rstrip("\n").partition(" ")[2].partition(" ")[2] == message.replace("FOLDER", str(folder))
