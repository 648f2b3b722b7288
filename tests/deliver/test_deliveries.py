"""Messages go out as a real Exim delivers them: the log lines, the events, their order, their variables."""

from __future__ import annotations

import pytest
from delivery_cases import HERE, VERSIONS, Case, cases, lines_of_message, recorded
from real_deliveries import logged, version_of

from eximconf.replay.configurations import Configurations
from eximconf.replay.player import Player, Ways
from eximconf.replay.reading import session_of
from eximconf.replay.result import Status
from eximconf.replay.session import Session
from eximconf.source.text import SourceFile

CASES = {case.title: case for case in cases()}
RECORDED = [
    (case.title, version)
    for case in CASES.values()
    for version in VERSIONS
    if version == VERSIONS[-1] or not case.newest
]
"""Cases with TLS were recorded with OpenSSL, which the older Exims here are not built with, nor with ARC."""
PLAYER = Player(Configurations(), Ways(explains=True))


def played(case: Case, target: str) -> list[str]:
    """What we log."""
    session: Session = session_of(SourceFile(str(HERE / "case.smtp"), case.session(target)))
    assert not session.problems, session.problems
    result = PLAYER.play(session)
    assert result.status is Status.RECORDING, (result.problems, result.missing)
    logs = [line for one in result.conversations for step in one.steps for line in step.logged]
    return lines_of_message([line.partition(": ")[2] for line in logs if line.startswith("main")])


@pytest.mark.parametrize(("title", "version"), RECORDED)
def test_delivers_as_exim_did(title: str, version: str) -> None:
    assert played(CASES[title], version) == recorded(version)[title]


def test_every_case_is_recorded() -> None:
    for version in VERSIONS:
        assert set(recorded(version)) == {title for title, other in RECORDED if other == version}


def test_a_real_exim_still_does(newest_exim: str) -> None:
    version = version_of(newest_exim)
    expected = recorded(version)
    for title, case in CASES.items():
        assert logged(newest_exim, case) == expected[title], title
