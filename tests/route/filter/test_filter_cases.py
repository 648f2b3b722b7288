"""What ``exim-conf exim`` says of the filters of ``filters.txt``, and a real Exim."""

from __future__ import annotations

from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from shlex import split
from tempfile import TemporaryDirectory

import pytest
from routing_cases import Case, ask, cases, shown

from eximconf.cli.exim import run

CASES = cases(Path(__file__).parent / "filters.txt")
LINES = [pytest.param(case, line, id=f"{case.title}: {line}") for case in CASES for line in case.answers]


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="exim-route") as name:
        yield Path(name)


@pytest.mark.parametrize(("case", "line"), LINES)
def test_filter(
    case: Case,
    line: str,
    folder: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case.write(folder)
    (folder / "given").write_bytes(case.input)
    with (folder / "given").open("rb") as given:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(given))
        status = run(["-C", str(folder / "exim.conf"), *split(line.replace("{folder}", str(folder)))])
    output, errors = (text.decode("latin-1") for text in capfdbinary.readouterr())
    assert shown(output, errors, status, folder) == case.answers[line]


@pytest.mark.parametrize(("case", "line"), LINES)
def test_filter_in_real_exim(case: Case, line: str, newest_exim: str) -> None:
    assert ask(newest_exim, case, line) == case.answers[line]
