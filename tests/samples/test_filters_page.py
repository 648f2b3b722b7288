"""``docs/filters.md`` shows what its commands and its program really print."""

from __future__ import annotations

import re
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from shlex import split

import pytest

from eximconf.cli import main

TOP = Path(__file__).resolve().parents[2]
SAMPLES = TOP / "samples" / "filters"
PAGE = (TOP / "docs" / "filters.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"(?ms)^```\n\$ exim-conf (.*?)\n(.*?)^```$", PAGE)
PROGRAMS = re.findall(r"(?ms)^```python\n(.*?)^```\n\n```\n(.*?)^```$", PAGE)


def test_page_has_examples() -> None:
    assert len(SHOWN) >= 4
    assert len(PROGRAMS) == 1


@pytest.mark.parametrize(("command", "shown"), SHOWN, ids=[command for command, _ in SHOWN])
def test_command(
    command: str, shown: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SAMPLES)
    words, _, given = command.partition(" < ")
    with ExitStack() as stack:
        if given:
            stdin = stack.enter_context((SAMPLES / given).open("rb"))
            monkeypatch.setattr("sys.stdin", TextIOWrapper(stdin))
        main(split(words))
    printed = capfd.readouterr()
    user = re.compile(r"(?m)^(Recipient   = )\S+@")
    assert user.sub(r"\1…@", printed.err + printed.out) == user.sub(r"\1…@", shown)


@pytest.mark.parametrize(("program", "shown"), PROGRAMS, ids=["library"])
def test_program(
    program: str, shown: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SAMPLES)
    exec(compile(program, "docs/filters.md", "exec"), {})
    assert capfd.readouterr().out == shown
