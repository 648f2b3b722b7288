"""pytest collects sessions as tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CONFIGURATION = "primary_hostname = HOST\n"


def run_pytest(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "eximconf.pytest_plugin", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent.parent)
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120).stdout


def test_sessions_are_tests(tmp_path: Path) -> None:
    (tmp_path / "exim.conf").write_text(CONFIGURATION)
    (tmp_path / "good.smtp").write_text("< 220 mx.example.net\n")
    (tmp_path / "bad.smtp").write_text("> NOOP\n< 251\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "own.smtp").write_text("+++\nconfig = '../exim.conf'\n+++\n> NOOP\n")
    out = run_pytest(tmp_path, "--exim-config", "exim.conf", "--exim-define", "HOST=mx.example.net")
    assert "1 failed, 2 passed" in out
    assert "bad.smtp:2\n    expected  < 251\n    got       < 250 OK\n" in out


def test_configuration_in_the_settings_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "exim.conf").write_text("primary_hostname = mx.example.net\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\nexim_config = exim.conf\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "good.smtp").write_text("< 220 mx.example.net\n")
    assert "1 passed" in run_pytest(tmp_path, "sub")
    assert "1 passed" in run_pytest(tmp_path / "sub")
