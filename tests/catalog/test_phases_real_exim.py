"""A real Exim lets the words of ACLs stand where the catalog says, and nowhere else.

Each run tries some words, each in every phase; ``EXIM_SEED`` chooses which, ``EXIM_SEED=all`` takes all of them
(about 40 seconds). The seed is in the names of the tests. Seen on 4.96, 4.98.2 and 4.100-dev.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from eximconf.catalog.acl import ACL_WORDS, CONTROLS, VERIFY_KINDS
from eximconf.catalog.model import NEWEST, PhasedEntry

_HELLO = "EHLO client.example\n"
_MAIL = f"{_HELLO}MAIL FROM:<a@sender.example>\n"
_AUTH = f"{_HELLO}AUTH PLAIN AHUAcA==\n"
_MESSAGE = (
    "Received: from a by b\nFrom: a@sender.example\nTo: u@here.example\nDate: Mon, 5 Jan 2026 10:00:00 +0000\n"
    "Message-ID: <x@sender.example>\nMIME-Version: 1.0\nContent-Type: text/plain\n\nbody\n"
)
_RECIPIENTS = "RCPT TO:<u@here.example>\nRCPT TO:<v@here.example>\n"
_WHOLE = f"{_MAIL}{_RECIPIENTS}DATA\n{_MESSAGE}.\n"

# What the client says until the ACL of the phase has run; "" for a message from the command line.
SESSIONS = {
    "connect": "QUIT\n",
    "helo": "HELO client.example\n",
    "mail": _MAIL,
    "mailauth": f"{_HELLO}MAIL FROM:<a@sender.example> AUTH=<b@sender.example>\n",
    "rcpt": _MAIL + _RECIPIENTS,
    "predata": f"{_MAIL}{_RECIPIENTS}DATA\n",
    "mime": _WHOLE,
    "dkim": _WHOLE,
    "data": _WHOLE,
    "prdr": _WHOLE.replace("sender.example>\n", "sender.example> PRDR\n", 1),
    "notquit": _MAIL,
    "quit": f"{_MAIL}QUIT\n",
    "auth": _AUTH,
    "etrn": f"{_HELLO}ETRN #here\n",
    "expn": f"{_HELLO}EXPN u@here.example\n",
    "vrfy": f"{_HELLO}VRFY u@here.example\n",
    "starttls": f"{_HELLO}STARTTLS\n",
    "wellknown": f"{_MAIL}WELLKNOWN x\n",
    "atrn": f"{_AUTH}ATRN here.example\n",
    "not_smtp": "",
    "not_smtp_start": "",
    "not_smtp_mime": "",
}
_OPTIONS = {"prdr": "acl_smtp_data_prdr"}
_SETTINGS = {"prdr": "prdr_enable\n", "dkim": "dkim_verify_signers = sender.example\n",
             "wellknown": "wellknown_advertise_hosts = *\n"}  # fmt: skip
_TAKEN = ("smtp_rcpt", "smtp_data", "smtp_vrfy", "smtp_expn", "smtp_etrn")
_CONFIG = """\
primary_hostname = here.example
spool_directory = {spool}
log_file_path = {spool}/log/%s
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts = *
chunking_advertise_hosts =
{settings}{option} = tried
{taken}
begin acl
taken:
  accept
tried:
  warn logwrite = acl-is-reached
       {statement}
  accept logwrite = acl-goes-on
begin routers
all:
  driver = redirect
  data = :blackhole:
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = true
  server_advertise_condition = true
"""


def config(phase: str, statement: str, spool: Path) -> str:
    """A configuration whose ACL for *phase* tries *statement*, conditions and modifiers of one verb."""
    option = _OPTIONS.get(phase, f"acl_{phase}" if phase.startswith("not_smtp") else f"acl_smtp_{phase}")
    taken = "".join(f"acl_{name} = taken\n" for name in _TAKEN if f"acl_{name}" != option)
    settings = _SETTINGS.get(phase, "")
    return _CONFIG.format(spool=spool, settings=settings, option=option, taken=taken, statement=statement)


def run(exim: str, phase: str, statement: str, folder: Path) -> str:
    """All that *exim* says and logs while the ACL of *phase* runs."""
    spool = folder / "spool"
    for path in (spool, spool / "log"):
        path.mkdir(exist_ok=True)
        path.chmod(0o777)
    path = folder / "exim.conf"
    path.write_text(config(phase, statement, spool), encoding="latin-1")
    session = SESSIONS[phase]
    how = ["-bh", "192.0.2.7.1234"] if session else ["-odq", "-oi", "-f", "a@sender.example", "u@here.example"]
    given = (session or _MESSAGE).replace("\n", "\r\n" if session else "\n")
    done = subprocess.run([exim, "-C", path, *how], input=given.encode(), capture_output=True, timeout=30)
    logs = b"".join(log.read_bytes() for log in sorted((spool / "log").iterdir()))
    for log in (spool / "log").iterdir():
        log.unlink()
    return (done.stdout + done.stderr + logs).decode("latin-1")


def verdict(said: str) -> bool | None:
    """Whether the statement was let stand; None if the ACL did not run."""
    if "acl-is-reached" not in said:
        return None
    return "acl-goes-on" in said


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
