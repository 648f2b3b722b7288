"""Every case of the files here, against what a real Exim answered of the same servers."""

from __future__ import annotations

from pathlib import Path

import pytest
from expansion_cases import NEWEST, Expected, read_cases, show
from running_stores import FOLDER, NEEDED, RunningStores

import eximconf
from eximconf.api import Ending, expand
from eximconf.runtime.context import Context
from eximconf.runtime.live import live_services


def answer(text: str, ctx: Context) -> Expected:
    result = expand(text, ctx)
    if result.ending is Ending.TEXT:
        return Expected("=>", show(result.text or ""))
    return Expected("!!", show(result.message))


@pytest.mark.parametrize("stores", sorted(NEEDED), indirect=True)
def test_cases(stores: RunningStores, tmp_path: Path) -> None:
    file = read_cases(FOLDER / f"{stores.kind}.txt")
    stores.configure(str(tmp_path / "data"))
    ctx = eximconf.load(f"{tmp_path}/data/exim.conf").context(live_services({}))
    wrong = []
    for case in file.cases:
        expected = case.answers[NEWEST]
        got = answer(stores.named(case.text("")), ctx)
        shown = Expected(got.kind, stores.unnamed(got.shown))
        if expected.kind != "%%" and shown != expected:
            wrong.append(f"{case.line}: {case.written}\n   Exim: {expected}\n   ours: {shown}")
    assert not wrong, f"{len(wrong)} of {len(file.cases)} in {file.path.name}:\n" + "\n".join(wrong)
