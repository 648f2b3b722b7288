"""The gateway's sessions under PyPy, which has no build of the package pcre2: `PYPY` names it, else ``pypy3``."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import idna
import lark
import pytest

ROOT = Path(__file__).parents[2]
PYPY = os.environ.get("PYPY") or shutil.which("pypy3") or ""


def _is_new_enough() -> bool:
    return bool(PYPY) and subprocess.run([PYPY, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]).returncode == 0


@pytest.mark.skipif(not _is_new_enough(), reason="needs PyPy 3.11 (PYPY=path, or pypy3)")
@pytest.mark.parametrize("arguments", [(), ("-j", "2")])
def test_sessions_pass(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    for package in (lark, idna):  # nothing else of what CPython has installed
        folder = Path(package.__file__).parent
        (tmp_path / folder.name).symlink_to(folder)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [PYPY, "-m", "eximconf", "test", *arguments, str(ROOT / "samples" / "gateway")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert " passed" in done.stdout
