"""Random ACLs run by a real Exim and by the engine: verdicts, messages, log lines and trace must be equal.

``ACL_SEEDS=first:last`` chooses the seeds, one configuration for each.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from acl_driver import configuration, play
from acl_generated import FILES, Acls
from acl_real import SPOOL, ask, difference, played, without_trace

_FIRST, _LAST = (int(number) for number in os.environ.get("ACL_SEEDS", "1:60").split(":"))


@pytest.mark.parametrize("seed", range(_FIRST, _LAST + 1))
def test_as_a_real_exim(seed: int, newest_exim: str) -> None:
    acls = Acls(seed)
    with tempfile.TemporaryDirectory() as folder:  # Exim's own user must reach it
        for name, text in FILES.items():
            (Path(folder) / name).write_text(text)
        source = SPOOL + acls.configuration().replace("FOLDER", folder)
        recipients = acls.recipients()
        expected = ask(newest_exim, source, recipients, Path(folder))
        found = configuration(source)
        got = played(play(found, "a@b.example", recipients))
        untraced = played(play(found, "a@b.example", recipients, traced=False))
    assert got == expected, "\n".join([source, *recipients, difference(expected, got)])
    assert untraced == without_trace(got), difference(without_trace(got), untraced)
