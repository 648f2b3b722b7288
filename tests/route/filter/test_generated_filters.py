"""Filters made by chance: ours and a real Exim say the same about what they would do."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import generated_filters as generated
import pytest

from eximconf.cli.exim import run

SEEDS = range(int(os.environ.get("EXIM_SEEDS", "40")))
_STAMP = re.compile(rb"(?m)^[0-9]{4}-[0-9-]{5} [0-9:]{8} ")


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="exim-filter") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("option", "make"),
    [("-bf", generated.exim_filter), ("-bF", generated.system_filter), ("-bf", generated.sieve_filter)],
    ids=["exim", "system", "sieve"],
)
def test_same_answers(
    seed: int,
    option: str,
    make: Callable[[Random], str],
    folder: Path,
    newest_exim: str,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = Random(seed)
    configuration, text, given = folder / "exim.conf", folder / "filter", folder / "message"
    configuration.write_text(generated.configuration(chance, str(folder)))
    text.write_bytes(make(chance).encode("latin-1"))
    given.write_bytes(generated.message(chance).encode("latin-1"))
    words = ["-C", str(configuration), option, str(text), *generated.words(chance)]
    with given.open("rb") as message:
        real = subprocess.run([newest_exim, *words], stdin=message, capture_output=True, timeout=60)
    if real.returncode < 0:
        pytest.skip("Exim crashed")
    with given.open("rb") as message:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(message))
        status = run(words)
    output, errors = capfdbinary.readouterr()
    assert output.decode("latin-1") == real.stdout.decode("latin-1")
    assert _STAMP.sub(b"", errors).decode("latin-1") == _STAMP.sub(b"", real.stderr).decode("latin-1")
    assert status == real.returncode


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("make", [generated.routed_filter, generated.sieve_filter], ids=["exim", "sieve"])
def test_same_routes(
    seed: int,
    make: Callable[[Random], str],
    folder: Path,
    newest_exim: str,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    chance = Random(seed)
    configuration = folder / "exim.conf"
    configuration.write_text(generated.routers(chance, str(folder)))
    (folder / "filter").write_text(make(chance).replace("{folder}", str(folder)), encoding="latin-1")
    words = [
        "-C",
        str(configuration),
        chance.choice(("-bt", "-bv")),
        "-f",
        "s@s.example",
        "bob@here.example",
        "bob-tag@x.example",
    ]
    real = subprocess.run([newest_exim, *words], input=b"", capture_output=True, timeout=60)
    if real.returncode < 0:
        pytest.skip("Exim crashed")
    status = run(words)
    output, errors = capfdbinary.readouterr()
    assert output.decode("latin-1") == real.stdout.decode("latin-1")
    assert _STAMP.sub(b"", errors).decode("latin-1") == _STAMP.sub(b"", real.stderr).decode("latin-1")
    assert status == real.returncode
