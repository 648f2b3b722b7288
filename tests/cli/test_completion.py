"""``exim-conf completion``: the scripts, as the shells themselves read them (those that are installed)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from eximconf.cli import COMMANDS
from eximconf.cli.completion import SHELLS, run
from eximconf.cli.completion.syntax import commands

COMPLETED = [
    (["ex"], ["exim", "expand", "explain"]),
    (["check", "--form"], ["--format"]),
    (["check", "--format", "sa"], ["sarif"]),
    (["check", "--select", "EX10"], ["EX100", "EX101"]),
    (["check", "--fail-on", "wa"], ["warning"]),
    (["check", "--baseline", "mail"], ["mail.conf"]),
    (["upgrade", "--fr"], ["--from"]),
    (["upgrade", "--from", "4.9"], ["4.92", "4.96"]),
    (["upgrade", "--select", "UP"], ["UP100", "UP300"]),
    (["expand", "--target", "4.9"], ["4.96"]),
    (["explain", "ratel"], ["ratelimit"]),
    (["explain", "--list", "contr"], ["controls"]),
    (["show", "exim.conf", "trans"], ["transports"]),
    (["check", "mail"], ["mail.conf"]),
    (["expand", "--message", "mail"], ["mail.conf"]),
    (["completion", "b"], ["bash"]),
]
BASH = """
source "$1"; shift
COMP_WORDS=("exim-conf" "$@"); COMP_CWORD=$#
_exim_conf
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = 'source $argv[1]; complete -C "exim-conf $argv[2..]"'


def script(shell: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert run([shell]) == 0
    path = folder / f"script.{shell}"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    return path


def answer(command: list[str], folder: Path) -> list[str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return [line.partition("\t")[0] for line in done.stdout.splitlines()]


def needs(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")


@pytest.mark.parametrize("shell", SHELLS)
def test_shell_reads_its_script(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs(shell)
    path = script(shell, tmp_path, capsys)
    done = subprocess.run([shell, "-n", path], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("words", "expected"), COMPLETED, ids=lambda words: " ".join(words))
def test_bash(words: list[str], expected: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs("bash")
    path = script("bash", tmp_path, capsys)
    (tmp_path / "mail.conf").touch()
    assert set(expected) <= set(answer(["bash", "-c", BASH, "bash", str(path), *words], tmp_path))


@pytest.mark.parametrize(("words", "expected"), COMPLETED, ids=lambda words: " ".join(words))
def test_fish(words: list[str], expected: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs("fish")
    path = script("fish", tmp_path, capsys)
    (tmp_path / "mail.conf").touch()
    assert set(expected) <= set(answer(["fish", "-c", FISH, str(path), *words], tmp_path))


def test_bash_option_with_equals_sign(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs("bash")
    path = script("bash", tmp_path, capsys)
    assert answer(["bash", "-c", BASH, "bash", str(path), "check", "--format", "=", "js"], tmp_path) == ["json"]


def test_every_command_and_option_is_there() -> None:
    found = {command.name: command for command in commands()}
    assert found.keys() == COMMANDS.keys()
    names = {name for option in found["check"].options for name in option.names}
    assert {"--format", "--select", "-D", "--help"} <= names
    (target,) = [option for option in found["explain"].options if "--target" in option.names]
    assert target.values is not None
    assert {"4.80", "4.96", "4.100"} <= set(target.values.words)
    assert "hosts_try_dane" in found["explain"].arguments.words
    assert not any("*" in word for word in found["explain"].arguments.words)
    assert found["exim"].arguments.files


def test_unknown_shell(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(["tcsh"])
    assert stopped.value.code == 2
    assert "invalid choice" in capsys.readouterr().err
