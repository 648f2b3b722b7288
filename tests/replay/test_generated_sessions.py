"""Random configurations with random sessions, through a real Exim and here: replies, deciding statements and log lines
must be equal.

``SESSION_SEEDS=first:last`` chooses the seeds, one configuration and session for each.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from generated_sessions import Case

from eximconf.catalog.model import version_key
from eximconf.replay.configurations import Configurations
from eximconf.replay.oracle import compare
from eximconf.replay.oracle.process import build_of
from eximconf.replay.reading import read_session
from eximconf.replay.result import SessionResult, Status
from eximconf.report.sessions.text import block

_FIRST, _LAST = (int(number) for number in os.environ.get("SESSION_SEEDS", "1:240").split(":"))
_AT_ONCE = 20

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="Exim takes -C of root only")


def beside(exim: str, seed: int, folder: Path) -> str:
    """What differs for a seed; "" for nothing."""
    case = Case(seed)
    (folder / "exim.conf").write_text(case.configuration(), encoding="latin-1")
    path = folder / "one.smtp"
    path.write_text(case.session(), encoding="latin-1")
    session = read_session(str(path))
    assert not session.problems, session.problems
    result = compare(session, SessionResult(str(path), "", Status.RECORDING), Configurations(), exim)
    assert result.oracle, "nothing was compared"
    reasons = {step.why for step in result.oracle if step.why}
    if not any(step.differs for step in result.oracle) and not reasons:
        return ""
    return "\n".join([f"seed {seed}", case_text(path), *block(result)])


def case_text(path: Path) -> str:
    return path.with_name("exim.conf").read_text(encoding="latin-1") + path.read_text(encoding="latin-1")


@pytest.fixture(scope="module")
def recent_exim(real_exim: str) -> str:
    """Older ones lack LIMITS in their usual builds, and ``Ci=`` in log lines, which the configurations ask for."""
    version = build_of(real_exim).version
    if version_key(".".join(version.split("-")[0].split(".")[:2])) < version_key("4.98"):
        pytest.skip(f"the configurations are for 4.98 and newer, not for {version}")
    return real_exim


@pytest.mark.parametrize("first", range(_FIRST, _LAST + 1, _AT_ONCE))
def test_as_a_real_exim(first: int, recent_exim: str) -> None:
    differences = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, min(first + _AT_ONCE, _LAST + 1)):
            differences.append(beside(recent_exim, seed, Path(folder)))
    found = [text for text in differences if text]
    assert not found, "\n\n".join(found)
