"""Sessions with lines lost, doubled, swapped and bitten into still end with a result."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from eximconf.replay.configurations import Configurations
from eximconf.replay.player import Player
from eximconf.replay.reading import session_of
from eximconf.replay.result import Status
from eximconf.report.sessions import FORMATS, render
from eximconf.source.text import SourceFile

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
PATHS = sorted((SAMPLES / "gateway").rglob("*.smtp"))


def mutated(lines: list[str], chance: random.Random) -> str:
    lines = list(lines)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                lines[at] = ""
            case 1:
                lines.insert(at, lines[other])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                cut = chance.randint(0, len(lines[at]))
                lines[at] = lines[at][:cut] + chance.choice("\xff\0\"'[]{}<>=+\r") + lines[at][cut + 1 :]
            case _:
                lines.insert(at, chance.choice(("> DATA", "> .", "+++", "---", "+ 1h", ">! close", '@"x"', "@bdat 3 \"abcdef\"", "> AUTH PLAIN =")))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_any_session_has_a_result(path: Path) -> None:
    chance = random.Random(path.stem)
    lines = path.read_text(encoding="latin-1").splitlines()
    player = Player(Configurations())
    results = [player.play(session_of(SourceFile(str(path), mutated(lines, chance)))) for _ in range(40)]
    assert {result.status for result in results} <= set(Status)
    for name in FORMATS:
        assert render(name, results)
