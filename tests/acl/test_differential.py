"""Random ACLs run by a real Exim and by the engine: verdicts, messages, log lines and trace must be equal.

``ACL_SEEDS=first:last`` chooses the seeds, one configuration for each.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest
from driver import configuration, play
from generated import FILES, Acls
from real import ask, played

_FIRST, _LAST = (int(number) for number in os.environ.get("ACL_SEEDS", "1:60").split(":"))
_SPOOL = ".ifdef SPOOL\nspool_directory = SPOOL\nlog_file_path = SPOOL/%slog\n.endif\n"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="Exim takes -C and -D of root only")


@pytest.fixture(scope="module")
def newest_exim(real_exim: str) -> str:
    version = subprocess.run([real_exim, "-bV"], capture_output=True, text=True, timeout=20).stdout
    if not re.match(r"Exim version 4\.(99|1\d\d)", version):
        pytest.skip("the engine's trace is that of 4.100-dev")
    return real_exim


@pytest.mark.parametrize("seed", range(_FIRST, _LAST + 1))
def test_as_a_real_exim(seed: int, newest_exim: str) -> None:
    acls = Acls(seed)
    with tempfile.TemporaryDirectory() as folder:  # Exim's own user must reach it
        for name, text in FILES.items():
            (Path(folder) / name).write_text(text)
        source = _SPOOL + acls.configuration().replace("FOLDER", folder)
        recipients = acls.recipients()
        expected = ask(newest_exim, source, recipients, Path(folder))
        got = played(play(configuration(source), "a@b.example", recipients))
    difference = difflib.unified_diff(expected.split("\n"), got.split("\n"), "Exim", "ours", lineterm="", n=4)
    assert got == expected, "\n".join([source, *recipients, *difference])
