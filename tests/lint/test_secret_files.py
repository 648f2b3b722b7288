"""EX351: who can read the file in which a password stands, as the system itself says."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from eximconf.api import live_services
from eximconf.cli import main
from eximconf.config.load import read_octets
from eximconf.lint.checking import Options, check
from eximconf.lint.rules import RULES
from eximconf.source.text import SourceFile

_SECRET = "hide mysql_servers = localhost/mail/exim/secret\n"


def _found(path: Path) -> list[int | None]:
    options = Options(rules=RULES, outside=live_services())
    source = SourceFile(str(path), path.read_text())
    found = check(source, read_octets, options)
    return [one.location.line if one.location is not None else None for one in found if one.code == "EX351"]


@pytest.mark.parametrize(("mode", "expected"), [(0o644, [1]), (0o640, [])])
def test_modes(tmp_path: Path, mode: int, expected: list[int]) -> None:
    config = tmp_path / "exim.conf"
    config.write_text(_SECRET)
    config.chmod(mode)
    assert _found(config) == expected


def test_included_file(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text(_SECRET)
    (tmp_path / "secrets").chmod(0o640)
    config = tmp_path / "exim.conf"
    config.write_text(f".include {tmp_path}/secrets\n")
    config.chmod(0o644)
    assert _found(config) == []
    (tmp_path / "secrets").chmod(0o644)
    assert _found(config) == [1]


def test_nothing_is_asked_without_live(tmp_path: Path) -> None:
    config = tmp_path / "exim.conf"
    config.write_text(_SECRET)
    found = check(SourceFile(str(config), _SECRET), read_octets, Options(rules=RULES))
    assert [one.code for one in found if one.code == "EX351"] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be another user")
def test_another_user_reads_the_one_and_not_the_other() -> None:
    """The proof: what the rule warns of can be done, and what it is content with cannot."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        config = Path(name) / "exim.conf"
        config.write_text(_SECRET)
        seen = []
        for mode in (0o644, 0o640):
            config.chmod(mode)
            done = subprocess.run(
                ["/bin/cat", str(config)], capture_output=True, text=True, user=65534, group=65534, extra_groups=[]
            )
            seen.append("secret" in done.stdout)
    assert seen == [True, False]


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``check`` asks for it with ``--live`` alone."""
    config = tmp_path / "exim.conf"
    config.write_text(_SECRET)
    config.chmod(0o644)
    said = []
    for options in ([], ["--live"]):
        main(["check", "--no-config", "--format", "concise", *options, str(config)])
        said.append("EX351" in capsys.readouterr().out)
    assert said == [False, True]
