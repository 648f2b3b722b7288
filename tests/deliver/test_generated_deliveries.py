"""Cases made at random go as a real Exim has them go, word for word, but for a few with several hosts where Exim's own state is
stale in ways that nobody would rely on."""

from __future__ import annotations

import pytest
from generated_deliveries import generated
from real_deliveries import logged, version_of
from test_deliveries import played

COUNT, WRONG = 60, 3
SEEDS = range(COUNT)
_ENDS = ("Completed", "Frozen", "Error in system filter", "Delivery deferred by system filter")


@pytest.mark.parametrize("seed", range(150))
def test_ends(seed: int) -> None:
    """A message is done, or somebody waits for it, or it is frozen, or its system filter is faulty or puts it off."""
    lines = played(generated(seed), "4.100")
    waits = any(line.startswith("== ") for line in lines)
    assert waits or any(line.startswith(_ENDS) for line in lines), lines


def test_as_a_real_exim(newest_exim: str) -> None:
    version = version_of(newest_exim)
    cases = map(generated, SEEDS)
    wrong = [case.title for case in cases if logged(newest_exim, case) != played(case, version)]
    assert len(wrong) <= WRONG, wrong
