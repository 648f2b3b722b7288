"""What the tests of sessions share: a configuration and a session in a folder of their own, played."""

from __future__ import annotations

from pathlib import Path

import pytest
from playing import Play

from eximconf.replay.configurations import Configurations
from eximconf.replay.player import Player, Ways
from eximconf.replay.reading import read_session
from eximconf.replay.result import SessionResult


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Plays a session (text) with a configuration (text)."""

    def played(session: str, configuration: str = "", ways: Ways | None = None) -> SessionResult:
        (tmp_path / "exim.conf").write_text(f"primary_hostname = mx.example.net\n{configuration}", encoding="latin-1")
        path = tmp_path / "one.smtp"
        path.write_text(session, encoding="latin-1")
        configurations = Configurations(str(tmp_path / "exim.conf"))
        return Player(configurations, ways or Ways()).play(read_session(str(path)))

    return played
