"""Callouts by chance: the same replies, log lines and commands as a real Exim's, with the same hosts."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import generated_callouts as generated
import pytest
from planned_host import RemoteHost

OURS = [sys.executable, "-m", "eximconf", "exim"]
SEEDS = range(24)


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="exim-callout") as name:
        Path(name).chmod(0o777)
        yield Path(name)


def talk(program: list[str], seed: int, folder: Path) -> tuple[str, list[str], list[str]]:
    """The replies of the session of *seed*, the log lines, and what the hosts heard."""
    chance = Random(seed)
    for left in folder.iterdir():
        subprocess.run(["rm", "-rf", str(left)], check=True)
    with RemoteHost([generated.plan(chance) for _ in range(5)]) as host:
        file = folder / "exim.conf"
        file.write_text(generated.configuration(chance, str(folder), host.port), encoding="latin-1")
        done = subprocess.run(
            [*program, "-C", str(file), "-bhc", "192.0.2.7"], input=generated.session(chance).encode(),
            capture_output=True, timeout=60,
        )  # fmt: skip
        port = str(host.port)
        replies = (
            done.stdout.decode("latin-1").replace("\r\n", "\n").partition("\n220 ")[2].partition("\n")[2]
        )
        log = [
            line.replace(port, "PORT")
            for line in done.stderr.decode("latin-1").split("\n")
            if line.startswith("LOG:")
        ]
        return replies, log, [line for line in host.heard if line != "QUIT"]


@pytest.mark.parametrize("seed", SEEDS)
def test_same_as_a_real_exim(seed: int, folder: Path, newest_exim: str) -> None:
    real = talk([newest_exim], seed, folder)
    assert re.search("^(250|451|550)", real[0], re.MULTILINE)
    assert talk(OURS, seed, folder) == real
