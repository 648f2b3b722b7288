"""Generated files: the same keys looked up by ours and by a real Exim, with the same value or failure."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest
from expansion_cases import Expected, show
from generated_files import Lookup, generate
from real_expansion import RealExim

import eximconf
from eximconf.api import Ending, expand
from eximconf.runtime.live import live_services

FILES, KEYS = 80, 25


def ours(lookups: list[Lookup], folder: str, target: str) -> list[Expected]:
    ctx = eximconf.load(f"{folder}/exim.conf", target=target).context(live_services({}))
    out = []
    for lookup in lookups:
        result = expand(lookup.text(folder), ctx)
        kind, text = ("=>", result.text or "") if result.ending is Ending.TEXT else ("!!", result.message)
        out.append(Expected(kind, show(text, folder)))
    return out


@pytest.mark.parametrize("seed", range(4))
def test_generated_files(real_exim: str, tmp_path: Path, seed: int) -> None:
    (tmp_path / "exim.conf").write_text("keep_environment =\n")
    (tmp_path / "message.eml").write_text("Subject: none\n\n")
    lookups = generate(Random(seed), tmp_path, FILES, KEYS)
    with RealExim(real_exim, lambda folder: _copied(tmp_path, folder)) as exim:
        theirs = exim.ask([lookup.text(exim.data) for lookup in lookups])
        mine = ours(lookups, exim.data, exim.version or eximconf.api.NEWEST)
        wrong = [
            f"{lookup}\n   Exim: {one}\n   ours: {other}"
            for lookup, one, other in zip(lookups, theirs, mine, strict=True)
            if one.kind != "%%" and one != other
        ]
    assert not wrong, f"{len(wrong)} of {len(lookups)} differ:\n" + "\n".join(wrong[:20])


def _copied(source: Path, folder: str) -> None:
    shutil.copytree(source, folder)
