"""A real Exim lets the words of ACLs stand where the catalog says, and nowhere else.

Each run tries some words, each in every phase; ``EXIM_SEED`` chooses which, ``EXIM_SEED=all`` takes all of them
(about 40 seconds). The seed is in the names of the tests. Seen on 4.96, 4.98.2 and 4.100-dev.
"""

from __future__ import annotations

import os
import random
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_sessions import SESSIONS, run, verdict

from eximconf.catalog.acl import ACL_WORDS, CONTROLS, VERIFY_KINDS
from eximconf.catalog.model import NEWEST, PhasedEntry

ARGUMENTS = {
    "acl": "taken", "add_header": "X: y", "condition": "true", "control": "debug/kill", "decode": "default",
    "delay": "0s", "dkim_status": "none", "dmarc_status": "none", "dnslists": "list.example/192.0.2.1",
    "log_reject_target": "main", "ratelimit": "10 / 1h / readonly / key", "remove_header": "X",
    "seen": "-1h / key=key / readonly", "set": "acl_c_x = y", "spam": "user", "spf": "pass", "spf_guess": "pass",
    "udpsend": "<; 127.0.0.1;9;x", "verify": "certificate", "mime_regex": "x", "regex": "x",
    "cutthrough_delivery": "/defer=pass", "debug": "/tag=x", "dscp": "/lowdelay", "fakedefer": "/x",
    "fakereject": "/x", "utf8_downconvert": "/1", "wellknown": "/etc/hosts", "arc": "/none",
}  # fmt: skip
NOT_TRIED = {
    "endpass": "it leaves the statement", "error": "it fails everywhere, which is what it is for",
    "debug": "it writes a file, and is allowed everywhere", "dscp": "earlier versions fail where there is no socket",
}  # fmt: skip
SEED = os.environ.get("EXIM_SEED", "1")


def statement(entry: PhasedEntry) -> str:
    argument = ARGUMENTS.get(entry.name)
    if entry.name in CONTROLS and CONTROLS[entry.name] is entry:
        return f"control = {entry.name}{argument or ''}"
    if entry.name in VERIFY_KINDS and VERIFY_KINDS[entry.name] is entry:
        return f"verify = {entry.name}{argument or ''}"
    return f"set {argument}" if entry.name == "set" else f"{entry.name} = {argument or '*'}"


def chosen() -> list[PhasedEntry]:
    every: list[PhasedEntry] = [*ACL_WORDS.values(), *CONTROLS.values(), *VERIFY_KINDS.values()]
    every = [entry for entry in every if entry.name not in NOT_TRIED and entry.known_in(NEWEST)]
    return every if SEED == "all" else random.Random(SEED).sample(every, 8)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory that Exim's own user may enter, which a `tmp_path` of root's is not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("entry", chosen(), ids=lambda entry: f"{entry.name}-{SEED}")
def test_exim_agrees(entry: PhasedEntry, real_exim: str, version: str, folder: Path) -> None:
    if not entry.known_in(version):
        pytest.skip(f"Exim {version} does not know it")
    allowed = entry.phases_in(version)
    tried = {}
    for phase in SESSIONS:
        said = run(real_exim, phase, statement(entry), folder)
        if re.search(r"unknown ACL condition|syntax error in \"control=|expected \"sender", said):
            pytest.skip("this Exim was built without it")
        tried[phase] = verdict(said)
    reached = {phase: stands for phase, stands in tried.items() if stands is not None}
    missing = set(SESSIONS) - set(reached)
    assert missing <= {"wellknown", "atrn"}, f"these ACLs did not run: {missing}"
    assert {phase for phase, stands in reached.items() if stands} == set(allowed) & set(reached)
