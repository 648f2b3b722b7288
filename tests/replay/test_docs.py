"""Every session on the page that describes the format is played, with the configuration that stands there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from eximconf.replay.configurations import Configurations
from eximconf.replay.front_matter.schema import SCHEMA
from eximconf.replay.player import Player
from eximconf.replay.reading import read_session
from eximconf.report.sessions.text import block

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGE = (DOCS / "sessions.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"^```smtp\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
CONFIGURATION = re.search(r"^```exim\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def titles() -> list[str]:
    return [match[1] for session in SESSIONS for match in [re.search(r'^title *= "(.*)"$', session, re.MULTILINE)] if match]


@pytest.mark.parametrize("text", SESSIONS, ids=titles())
def test_session_on_the_page(text: str, tmp_path: Path) -> None:
    assert CONFIGURATION is not None
    (tmp_path / "exim.conf").write_text(CONFIGURATION[1])
    path = tmp_path / "one.smtp"
    path.write_text(text)
    result = Player(Configurations()).play(read_session(str(path)))
    assert result.good, "\n".join(block(result))


def test_page_has_sessions() -> None:
    assert len(SESSIONS) >= 6
    assert len(titles()) == len(SESSIONS)


def test_schema_is_that_of_the_code() -> None:
    assert json.loads((DOCS / "session-schema.json").read_text(encoding="utf-8")) == SCHEMA


def test_page_names_every_key_and_assertion() -> None:
    from eximconf.syntax.session_faults import SHAPES

    for name in (*SCHEMA["properties"], *SHAPES):
        assert re.search(rf"[`.,]{name}\b|\b{name}`| {name} ", PAGE), name
