"""Where a condition may stand depends on the version: as seen on 4.96, 4.98.2 and 4.100-dev."""

from __future__ import annotations

import pytest

from eximconf.acl.engine import AclEngine
from eximconf.acl.outcome import Verdict
from eximconf.config.link import Settled
from eximconf.config.load import load_source
from eximconf.config.settings import Settings
from eximconf.runtime.context import Context
from eximconf.runtime.session import Connection
from eximconf.source.text import SourceFile

_SOURCE = "begin acl\na:\n  accept encrypted = *\n  accept\n"


@pytest.mark.parametrize(
    ("target", "phase", "misplaced"),
    [
        ("4.96", "connect", False),
        ("4.96", "helo", True),
        ("4.98", "connect", True),
        ("4.98", "helo", False),
        ("4.100", "connect", True),
        ("4.100", "helo", False),
    ],
)
def test_encrypted(target: str, phase: str, misplaced: bool) -> None:
    configuration = load_source(SourceFile("exim.conf", _SOURCE), open, Settled(target=target))
    ctx = Context(settings=Settings(configuration), target=target, connection=Connection(client="192.0.2.1"))
    outcome = AclEngine(configuration).run(ctx, phase, "a")
    if misplaced:
        assert outcome.verdict is Verdict.ERROR
        assert (outcome.log_message or "").startswith("cannot test encrypted condition in ")
    else:
        assert outcome.verdict is Verdict.ACCEPT
