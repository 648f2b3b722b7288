"""Asking a real Exim for expansions, many in one process, and living through its crashes."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from expansion_cases import DATA, Expected, show

_AT_ONCE = 400
_OCTETS_AT_ONCE = 600_000
_VERSION = re.compile(rb"^Exim version (4\.[0-9.]+)(-?)", re.MULTILINE)


class RealExim:
    """*path*: the binary. The data files are copied to a folder that it trusts; use it in ``with``."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._folder = tempfile.TemporaryDirectory(prefix="expansions")
        self.data = self._folder.name + "/data"

    def __enter__(self) -> RealExim:
        shutil.copytree(DATA, self.data)
        Path(self.data).parent.chmod(0o755)
        self.version = self._version()
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def _version(self) -> str:
        """The version as case files name it; "" for one that is newer than the last release."""
        out = self._run(["-bV"])[0]
        found = _VERSION.search(out)
        assert found is not None, out
        return "" if found[2] else found[1].decode("ascii").rstrip(".")

    def _run(self, arguments: Sequence[str | bytes], timeout: float = 120) -> tuple[bytes, int]:
        command = [self.path, "-C", f"{self.data}/exim.conf", *arguments]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=timeout,
            env={"PATH": "/usr/bin:/bin", "EXPANSION_TEST": "from outside"}, cwd="/", check=False,
        )  # fmt: skip
        return done.stdout, done.returncode

    def ask(self, texts: Sequence[str]) -> list[Expected]:
        """What Exim makes of each of *texts* (latin-1), in order, in as few processes as can be."""
        answers: list[Expected] = []
        batch: list[str] = []
        size = 0
        for text in texts:
            if batch and (len(batch) == _AT_ONCE or size + len(text) > _OCTETS_AT_ONCE):
                answers += self._ask(batch)
                batch, size = [], 0
            batch.append(text)
            size += len(text)
        return answers + self._ask(batch)

    def _ask(self, texts: Sequence[str]) -> list[Expected]:
        if not texts:
            return []
        marks = [f"@@{number}@@" for number in range(len(texts))]
        arguments: list[str | bytes] = ["-bem", f"{self.data}/message.eml"]
        for mark, text in zip(marks, texts, strict=True):
            arguments += (mark, text.encode("latin-1"))
        out, status = self._run([*arguments, "@@end@@"])
        if status == 0:
            return self._answers(out.decode("latin-1"), [*marks, "@@end@@"])
        if len(texts) == 1:
            return [Expected("%%")]
        half = len(texts) // 2
        return self._ask(texts[:half]) + self._ask(texts[half:])

    def _answers(self, out: str, marks: Sequence[str]) -> list[Expected]:
        answers = []
        at = out.index(marks[0]) + len(marks[0]) + 1
        for mark in marks[1:]:
            end = out.index(f"\n{mark}\n", at - 1)
            answers.append(self._answer(out[at:end]))
            at = end + len(mark) + 2
        return answers

    def _answer(self, value: str) -> Expected:
        if value.startswith("Failed: "):
            return Expected("!!", show(value[8:], self.data))
        return Expected("=>", show(value, self.data))
