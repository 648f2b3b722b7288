"""The sample configurations about who sent a message, and what daemons say of it, do what their sessions say, are
without fault, and do the same under a real Exim whose DNS has the records of the session."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from eximconf.cli import main

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "dns"))
SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
_ID = re.compile(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{11}-[0-9A-Za-z]{4}\b")
_CHANGING = re.compile(r" \d\d:\d\d:\d\d|(?<=ESMTP )Exim.*|(?<= S=)\d+")
_OF_OTHER_BUILDS = "own_dmarc"
"""An Exim with libopendmarc, as most are, does not do what this one has."""
_OURS = [sys.executable, "-m", "eximconf", "exim"]


@pytest.mark.parametrize(
    ("name", "target"), [("bmi", "4.98"), ("dcc", ""), ("dmarc", ""), ("spf", ""), ("srs", "")]
)
def test_sample(name: str, target: str, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(SAMPLES / name / "exim.conf")
    assert main(["test", str(SAMPLES / name)]) == 0, capsys.readouterr().out
    assert main(["check", "--target", target, config]) == 0, capsys.readouterr().out


def _talk(session: Path) -> tuple[dict[str, object], str]:
    """What is known, and what the client sends."""
    _, head, dialogue = session.read_text(encoding="latin-1").split("+++\n", 2)
    sent = []
    for line in dialogue.splitlines():
        if line.startswith("> "):
            sent.append(line[2:])
        elif line.startswith("@"):
            sent += _message(session.parent, line[1:].strip())
    return tomllib.loads(head), "".join(f"{line}\r\n" for line in sent)


def _message(folder: Path, named: str) -> list[str]:
    if named.startswith('"'):
        text = named[1:-1].encode("latin-1").decode("unicode_escape")
    else:
        text = (folder / named).read_text(encoding="latin-1")
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    return [f".{line}" if line.startswith(".") else line for line in lines] + ["."]


def _played(command: list[str], session: Path) -> str:
    from own_network import run

    known, talk = _talk(session)
    with TemporaryDirectory(prefix="exim-sample") as name:
        folder = Path(name)
        folder.chmod(0o777)
        config = (session.parent / "exim.conf").read_text(encoding="latin-1")
        files = known.get("files", {})
        assert isinstance(files, dict)
        for path, text in files.items():
            own = folder / Path(path).name
            own.write_text(text, encoding="latin-1")
            config = config.replace(path, str(own))
        own_options = f"spool_directory = {name}\nlog_file_path = {name}/%slog\nkeep_environment =\n"
        (folder / "exim.conf").write_text(own_options + config, encoding="latin-1")
        client = str(known["client"]).rpartition(":")[0]
        output, errors = run([*command, "-C", f"{name}/exim.conf", "-bh", client], str(known["dns"]), talk)
    logs = [
        line
        for line in errors.split("\n")
        if line.startswith("LOG: ") and "validation error: error:" not in line
    ]
    return _CHANGING.sub("", _ID.sub("ID", "\n".join(logs) + "\n" + output.replace("\r", "")))


def _comparable() -> list[Path]:
    found = sorted(path for name in ("dmarc", "spf") for path in (SAMPLES / name).glob("*.smtp"))
    return [
        path
        for path in found
        if path.stem != _OF_OTHER_BUILDS and "[scanners]" not in path.read_text(encoding="latin-1")
    ]


@pytest.mark.parametrize("session", _comparable(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_real_exim(session: Path, newest_exim: str) -> None:
    from own_network import needs_own_network

    needs_own_network()
    assert _played(_OURS, session) == _played([newest_exim], session)
