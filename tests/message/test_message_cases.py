"""Header lines and variables of odd messages, against what ``exim -bem`` answered (see `message_cases`)."""

from __future__ import annotations

from pathlib import Path

import pytest
from expansion_cases import NEWEST, CaseFile, Expected, all_case_files, read_cases, show
from message_cases import CASES, filler, message_of
from real_expansion import RealExim

import eximconf
from eximconf.api import Ending, expand
from eximconf.catalog.model import NEWEST as NEWEST_EXIM
from eximconf.message.submission import read_message
from eximconf.runtime.context import Context

_FILES = [read_cases(path) for path in all_case_files(CASES)]
_RUNS = [(file, version) for file in _FILES for version in file.asked]


def _answer(text: str, ctx: Context) -> Expected:
    result = expand(text, ctx)
    if result.ending is Ending.TEXT:
        return Expected("=>", show((result.text or "").partition("\0")[0]))
    return Expected("!!", show(result.message))


@pytest.mark.parametrize(
    ("file", "version"), _RUNS, ids=[f"{file.path.stem}-{version}" for file, version in _RUNS]
)
def test_cases(file: CaseFile, version: str, tmp_path: Path) -> None:
    newest = version == "newest"
    filler(message_of(file))(str(tmp_path / "data"))
    ctx = eximconf.load(
        str(tmp_path / "data" / "exim.conf"), target=NEWEST_EXIM if newest else version
    ).context()
    read_message(ctx, message_of(file).decode("latin-1"))
    asked = NEWEST if newest else version
    got = {case.written: str(_answer(case.text(""), ctx)) for case in file.cases}
    assert got == {case.written: str(case.expected(asked)) for case in file.cases}


@pytest.mark.parametrize("file", _FILES, ids=[file.path.stem for file in _FILES])
def test_real_exim_answers_so(file: CaseFile, newest_exim: str) -> None:
    with RealExim(newest_exim, filler(message_of(file))) as exim:
        got = exim.ask([case.text("") for case in file.cases])
    assert got == [case.expected(NEWEST) for case in file.cases]
