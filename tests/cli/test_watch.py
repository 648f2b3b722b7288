"""``--watch``: checks again when a file changes, included ones too, and ends with Ctrl-C."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE = 30


def _heed_ctrl_c() -> None:
    """Tests that run in the background inherit that it is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Watching:
    """A running ``exim-conf check --watch``; what it prints arrives in `said`."""

    def __init__(self, folder: Path, *argv: str) -> None:
        line = [sys.executable, "-m", "eximconf", "check", "--watch", "--format", "concise", *argv]
        self.process = subprocess.Popen(
            line, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=_heed_ctrl_c
        )
        self.said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.put(line.decode("utf-8"))

    def until_it_waits(self) -> str:
        """What is printed up to the line that says that it watches, and that line."""
        lines = []
        while not lines or " watching " not in lines[-1]:
            lines.append(self.said.get(timeout=PATIENCE))
        return "".join(lines)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "c.conf").write_text(f".include {tmp_path}/part\n")
    (tmp_path / "part").write_text("foo = 1\n")
    return tmp_path


@pytest.fixture
def watching(project: Path) -> Iterator[Watching]:
    running = Watching(project, "c.conf")
    yield running
    running.process.kill()
    running.process.wait()


def test_watch(watching: Watching, project: Path) -> None:
    first = watching.until_it_waits()
    assert "part:1:1: error[EX101" in first
    assert "watching 2 files, Ctrl-C ends it" in first
    assert "\x1b" not in first
    (project / "part").write_text("bar = 1\n\n")
    assert 'main option "bar" unknown' in watching.until_it_waits()
    (project / "part").unlink()
    assert "error[EX112" in watching.until_it_waits()
    replaced = project / "new"
    replaced.write_text("primary_hostname = a.example\n")
    os.replace(replaced, project / "part")
    assert "error" not in watching.until_it_waits()
    (project / "c.conf").unlink()
    assert "c.conf: No such file or directory" in watching.until_it_waits()
    (project / "c.conf").write_text("foo = 1\n")
    assert "c.conf:1:1: error[EX101" in watching.until_it_waits()
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(timeout=PATIENCE) == 130


def test_settings_are_watched(project: Path) -> None:
    (project / "exim-conf.toml").write_text('fail-on = "no"\n')
    running = Watching(project, "c.conf")
    try:
        assert "exim-conf.toml is not right" in running.until_it_waits()
        (project / "exim-conf.toml").write_text('ignore = ["EX101"]\n')
        assert "error" not in running.until_it_waits()
    finally:
        running.process.kill()
        running.process.wait()
