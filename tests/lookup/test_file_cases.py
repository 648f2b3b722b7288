"""Every case of the files here, against what a real Exim answered (see ``tests/expand/expansion_cases.py``)."""

from __future__ import annotations

from pathlib import Path

import pytest
from expansion_cases import NEWEST, CaseFile, Expected, all_case_files, read_cases, show
from stores import fill

import eximconf
from eximconf.api import Ending, expand
from eximconf.config.load import read_octets
from eximconf.message.submission import read_message
from eximconf.runtime.context import Context
from eximconf.runtime.live import live_services

_FILES = [read_cases(path) for path in all_case_files(Path(__file__).parent)]
_RUNS = [(file, version) for file in _FILES for version in file.asked]
_LIBRARIES = {"lmdb": "lmdb"}


@pytest.fixture
def data(tmp_path: Path, file: CaseFile) -> str:
    folder = str(tmp_path / "data")
    fill(folder)
    if file.path.stem in _LIBRARIES:
        pytest.importorskip(_LIBRARIES[file.path.stem])
    return folder


def new_context(data: str, version: str) -> Context:
    """A context as ``exim -bem`` has it with the data files."""
    target = version if version != "newest" else eximconf.api.NEWEST
    ctx = eximconf.load(f"{data}/exim.conf", target=target).context(live_services({}))
    read_message(ctx, read_octets(f"{data}/message.eml"))
    return ctx


def answer(text: str, ctx: Context, data: str) -> Expected:
    result = expand(text, ctx)
    if result.ending is Ending.TEXT:
        return Expected("=>", show(result.text or "", data))
    return Expected("!!", show(result.message, data))


@pytest.mark.parametrize(
    ("file", "version"), _RUNS, ids=[f"{file.path.stem}-{version}" for file, version in _RUNS]
)
def test_cases(file: CaseFile, version: str, data: str) -> None:
    ctx = new_context(data, version)
    wrong = []
    for case in file.cases:
        expected = case.expected(NEWEST if version == "newest" else version)
        got = answer(case.text(data), ctx, data)
        assert expected is not None, f"{case.line}: {case.written}: no expectation"
        if expected.kind != "%%" and got != expected:
            wrong.append(f"{case.line}: {case.written}\n   Exim: {expected}\n   ours: {got}")
    assert not wrong, f"{len(wrong)} of {len(file.cases)} in {file.path.name}:\n" + "\n".join(wrong)
