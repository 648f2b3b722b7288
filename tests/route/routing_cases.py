"""The cases of ``routing.txt``: configurations, their files, and what ``exim`` answers to command lines.

``python tests/route/routing_cases.py EXIM [FILE]`` writes the answers of that Exim into the file, or another one of
this kind; read the difference.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from shlex import split
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
FILE = HERE / "routing.txt"
sys.path.append(str(HERE.parent / "dns"))
_BANNER = re.compile(r"(?m)^220 (\S+ ESMTP Exim) .*$")
_STAMP = re.compile(r"(?m)^[0-9]{4}-[0-9-]{5} [0-9:]{8} ")


@dataclass
class Case:
    """*files* by name, ``exim.conf`` among them; *zone*: what the DNS says, "" for none that is asked; *answers*: the
    output by command line."""

    title: str
    files: dict[str, str] = field(default_factory=dict)
    zone: str = ""
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def input(self) -> bytes:
        """What stands in the file ``input``, for standard input."""
        return self.files.get("input", "").replace("\n", "\r\n").encode("latin-1")

    def write(self, folder: Path) -> None:
        """Put the files into *folder*, whose name stands for ``{folder}`` in them."""
        folder.chmod(0o755)
        for name, text in self.files.items():
            path = folder / name
            path.write_text(text.replace("{folder}", str(folder)), encoding="latin-1")
            path.chmod(0o755 if text.startswith("#!") else 0o644)


def cases(file: Path = FILE) -> list[Case]:
    """The cases in *file*."""
    found: list[Case] = []
    for block in re.split(r"(?m)^=== ", file.read_text(encoding="latin-1"))[1:]:
        title, _, rest = block.partition("\n")
        case = Case(title)
        for kind, name, text in re.findall(r"(?ms)^(---|\$) ?(.*?)\n(.*?)(?=^---|^\$|\Z)", rest):
            if kind == "$":
                case.answers[name] = text.rstrip("\n") + "\n"
            elif name == "zone":
                case.zone = text
            else:
                case.files[name] = text
        found.append(case)
    return found


def shown(output: str, errors: str, status: int, folder: Path) -> str:
    """An answer as the file has it."""
    output = _BANNER.sub(r"220 \1", output.replace("\r\n", "\n"))
    text = f"{output}{_STAMP.sub('TIME ', errors)}status {status}\n"
    return text.replace(str(folder), "{folder}")


def ask(exim: str, case: Case, command: str) -> str:
    """What *exim* answers; the DNS of a case is one of a network of its own, which takes root."""
    with TemporaryDirectory(prefix="exim-route") as name:
        folder = Path(name)
        case.write(folder)
        words = [exim, "-C", str(folder / "exim.conf"), *split(command.replace("{folder}", name))]
        if case.zone:
            from own_network import run

            output, errors = run(words, case.zone, "")
            return shown(output, errors, 0, folder)
        done = subprocess.run(words, capture_output=True, timeout=60, cwd=folder, input=case.input)
        return shown(done.stdout.decode("latin-1"), done.stderr.decode("latin-1"), done.returncode, folder)


def written(found: list[Case], file: Path) -> str:
    """The text of *file* with these cases."""
    head = file.read_text(encoding="latin-1").partition("=== ")[0]
    out = [head]
    for case in found:
        out.append(f"=== {case.title}\n")
        files = {**case.files, **({"zone": case.zone} if case.zone else {})}
        out += [f"--- {name}\n{text}" for name, text in files.items()]
        out += [f"$ {command}\n{answer}" for command, answer in case.answers.items()]
        out.append("\n")
    return "".join(out)


if __name__ == "__main__":
    os.umask(0o022)
    file = Path(sys.argv[2]) if len(sys.argv) > 2 else FILE
    every = cases(file)
    for each in every:
        each.answers = {command: ask(sys.argv[1], each, command) for command in each.answers}
        each.files = {name: text.rstrip("\n") + "\n" for name, text in each.files.items()}
        each.zone = each.zone and each.zone.rstrip("\n") + "\n"
    file.write_text(written(every, file), encoding="latin-1")
