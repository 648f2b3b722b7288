"""Asking a real Exim for expansions, many in one process, and living through its crashes."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from expansion_cases import DATA, Expected, show

_AT_ONCE = 400
_TIMEOUT = 120
# Longer texts are not taken as arguments; lines of standard input are cut into pieces of 1023 octets.
_ARGUMENT_MAX = 256
_PIECE = 900
_LOST = " \t\n\v\f\r\\"
_VERSION = re.compile(rb"^Exim version (4\.[0-9.]+)(-?)", re.MULTILINE)


def copy_data(folder: str) -> None:
    shutil.copytree(DATA, folder)


class RealExim:
    """*path*: the binary. *fill* makes the folder of the data files, one that it trusts; use it in ``with``."""

    def __init__(self, path: str, fill: Callable[[str], None] = copy_data) -> None:
        self.path = path
        self._fill = fill
        self._folder = tempfile.TemporaryDirectory(prefix="expansions")
        self.data = self._folder.name + "/data"

    def __enter__(self) -> RealExim:
        self._fill(self.data)
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

    def _run(self, arguments: Sequence[str | bytes], lines: bytes = b"") -> tuple[bytes, int]:
        command = [self.path, "-C", f"{self.data}/exim.conf", *arguments]
        done = subprocess.run(
            command, input=lines, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_TIMEOUT,
            env={"PATH": "/usr/bin:/bin", "EXPANSION_TEST": "from outside"}, cwd="/", check=False,
        )  # fmt: skip
        return done.stdout, done.returncode

    def ask(self, texts: Sequence[str]) -> list[Expected]:
        """What Exim makes of each of *texts* (latin-1), in order, in as few processes as can be."""
        answers: list[Expected] = []
        batch: list[str] = []
        for text in texts:
            if batch and (len(batch) == _AT_ONCE or _by_argument(text) != _by_argument(batch[0])):
                answers += self._ask(batch)
                batch = []
            batch.append(text)
        return answers + self._ask(batch)

    def _ask(self, texts: Sequence[str]) -> list[Expected]:
        if not texts:
            return []
        marks = [f"@@{number}@@" for number in range(len(texts))] + ["@@end@@"]
        out, status = self._run_arguments(texts, marks) if _by_argument(texts[0]) else self._run_lines(texts, marks)
        if status == 0:
            return self._answers(out.decode("latin-1"), marks)
        if len(texts) == 1:
            return [Expected("%%")]
        half = len(texts) // 2
        return self._ask(texts[:half]) + self._ask(texts[half:])

    def _run_arguments(self, texts: Sequence[str], marks: Sequence[str]) -> tuple[bytes, int]:
        arguments: list[str | bytes] = ["-bem", f"{self.data}/message.eml"]
        for mark, text in zip(marks, texts, strict=False):
            arguments += (mark, text.encode("latin-1"))
        return self._run([*arguments, marks[-1]])

    def _run_lines(self, texts: Sequence[str], marks: Sequence[str]) -> tuple[bytes, int]:
        """By standard input, a long text in pieces that a backslash joins; the prompts are taken off."""
        lines = []
        for mark, text in zip(marks, texts, strict=False):
            lines += [mark, "\\\n".join(_pieces(text))]
        lines.append(marks[-1])
        out, status = self._run(["-bem", f"{self.data}/message.eml"], "\n".join(lines).encode("latin-1") + b"\n")
        return re.sub(rb"^> ", b"", out, flags=re.MULTILINE), status

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


def _by_argument(text: str) -> bool:
    return len(text) <= _ARGUMENT_MAX


def _pieces(text: str) -> list[str]:
    """*text* in pieces that do not begin or end with white space or a backslash, which would be lost."""
    pieces = []
    at = 0
    while at < len(text):
        end = min(at + _PIECE, len(text))
        while end < len(text) and (text[end - 1] in _LOST or text[end] in _LOST):
            end -= 1
        pieces.append(text[at:end])
        at = end
    return pieces
