"""Routers made by chance: ours and a real Exim say the same about the same addresses."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import generated_routers as generated
import pytest

from eximconf.cli.exim import run

SEEDS = range(int(os.environ.get("EXIM_SEEDS", "30")))
_STAMP = re.compile(rb"(?m)^[0-9]{4}-[0-9-]{5} [0-9:]{8} ")
_NO_RIGHTS = b"internal problem in"  # Exim as another user cannot become the one that redirection is for


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="exim-route") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mode", ["-bt", "-bv", "-bvs"])
def test_same_answers(
    seed: int, mode: str, folder: Path, newest_exim: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    chance = Random(seed)
    for name, text in generated.files(str(folder)).items():
        (folder / name).write_text(text)
    (folder / "exim.conf").write_text(generated.configuration(chance, str(folder)))
    words = ["-C", str(folder / "exim.conf"), mode, *generated.addresses(chance)]
    words = ["-f", generated.sender(chance) or "<>", *words]
    real = subprocess.run([newest_exim, *words], capture_output=True, timeout=60, input=b"")
    if _NO_RIGHTS in real.stdout:
        pytest.skip("Exim gave up the rights that this takes")
    status = run(words)
    output, errors = capfdbinary.readouterr()
    assert output.decode("latin-1") == real.stdout.decode("latin-1")
    assert _STAMP.sub(b"", errors).decode("latin-1") == _STAMP.sub(b"", real.stderr).decode("latin-1")
    assert status == real.returncode
