"""A real Exim in a network of its own, where a name server answers from recorded text."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

HERE = Path(__file__).resolve().parent
_RESOLV = "nameserver 127.0.0.1\noptions trust-ad timeout:1 attempts:1\n"
_HOSTS = "127.0.0.1 localhost\n::1 localhost\n"


def needs_own_network() -> None:
    """Skip the test where no network can be made, which takes root."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("needs root, unshare and ip for a network of its own")
    if subprocess.run(["unshare", "-n", "-m", "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs the right to make a network of its own")


def needs_version(exim: str, version: str) -> None:
    """Skip the test if *exim* is older than *version*."""
    from eximconf.runtime.settings import at_least

    found = re.search(r"^Exim version ([0-9.]+)", _output([exim, "-bV"]), re.MULTILINE)
    if found is None or not at_least(found[1], version):
        pytest.skip(f"needs Exim {version} or newer")


def ask(exim: str, zone: str, config: str, arguments: Sequence[str], text: str) -> tuple[str, str]:
    """Standard output and standard error of ``exim -C config arguments``, fed with *text*, while the DNS says
    what *zone* does, and that nothing else exists. All texts are latin-1."""
    return run([exim, "-C", "exim.conf", *arguments], zone, text, config)


def run(command: Sequence[str], zone: str, text: str, config: str = "") -> tuple[str, str]:
    """Standard output and standard error of *command* in a network where the DNS says what *zone* does."""
    with TemporaryDirectory(prefix="exim-dns") as name:
        folder = Path(name)
        folder.chmod(0o755)
        files = {"zone": zone, "resolv.conf": _RESOLV, "hosts": _HOSTS, "exim.conf": config}
        for file, content in files.items():
            (folder / file).write_text(content, encoding="latin-1")
        server = [str(HERE / "name_server.py"), *(str(folder / file) for file in ("zone", "resolv.conf", "hosts"))]
        words = [str(folder / word) if word == "exim.conf" else word for word in command]
        done = subprocess.run(
            ["unshare", "-n", "-m", sys.executable, *server, *words],
            input=text.encode("latin-1"),
            capture_output=True,
            env=os.environ | {"PYTHONPATH": str(HERE.parent.parent)},
            timeout=120,
            check=False,
        )
        return done.stdout.decode("latin-1"), done.stderr.decode("latin-1")


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
