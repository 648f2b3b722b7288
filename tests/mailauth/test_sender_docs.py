"""The sessions and commands of the page about sender authentication do what it says."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from eximconf.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "sender-authentication.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SECONDS = re.compile(r" in \d+\.\d+ s")
_UNRECORDED = '+++\nconfig = "exim.conf"\nclient = "192.0.2.1"\n+++\n> EHLO client.example\n> MAIL FROM:<a@bank.example>\n< 250\n'


def blocks(language: str) -> list[str]:
    return [text for kind, _, text in _BLOCK.findall(PAGE) if kind == language]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all that the page's sessions and commands name, which is the current one."""
    for path in (ROOT / "samples" / "dmarc").glob("*.eml"):
        shutil.copy(path, tmp_path)
    for kind, name, text in _BLOCK.findall(PAGE):
        if kind == "exim":
            (tmp_path / (name or "exim.conf")).write_text(text, encoding="utf-8")
    (tmp_path / "spf_unrecorded.smtp").write_text(_UNRECORDED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("number", range(len(blocks("smtp"))))
def test_session(number: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "session.smtp").write_text(blocks("smtp")[number], encoding="utf-8")
    assert main(["test", "session.smtp"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("block", blocks("console"))
def test_command(block: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command, _, expected = block.partition("\n")
    main(shlex.split(command.removeprefix("$ exim-conf ")))
    assert _SECONDS.sub("", capsys.readouterr().out) == _SECONDS.sub("", expected)


def test_configuration(folder: Path) -> None:
    assert main(["check", "exim.conf"]) == 0


def test_python(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = blocks("python")
    key = ROOT / "tests" / "mailauth" / "signing" / "rsa.pem"
    exec(program.replace("/etc/exim/s1.pem", str(key)), {})
    assert capsys.readouterr().out.startswith(
        "DKIM-Signature: v=1; a=rsa-sha256; q=dns/txt; c=relaxed/relaxed; d=example.net"
    )
