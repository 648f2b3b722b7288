"""Files of expansion cases: reading, writing, and how octets are shown in them.

A case is a line to expand and what comes of it::

    ${lc:ABC}
    => abc
    ${lc:$nosuch}
    !! unknown variable name "nosuch"
    4.96 !! unknown variable name "nosuch", in other words

``=>`` is a value, ``!!`` a failure with Exim's message, ``%%`` a crash of the real Exim, for which any
answer of ours will do. The line without a version holds for the newest Exim and for all others that have
none of their own. ``#`` begins a comment; ``# asked:`` names the versions that were asked. What stands
below ``# only: newest``, up to ``# only: all``, is not asked of the others, which lack the feature. In the line to
expand ``@data@`` stands for the folder of the data files and a final ``¬`` for nothing: it guards white
space. Values are shown as UTF-8, with ``\\\\`` for a backslash, ``\\n`` for a line end, and ``\\xhh`` for
other octets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

NEWEST = ""
CASES = Path(__file__).parent
DATA = CASES / "data"
_EXPECTATION = re.compile(r"(?:(4\.[0-9.]+) )?(=>|!!|%%)(?: (.*))?\Z", re.DOTALL)
_ASKED = "# asked:"
_ONLY = "# only: "
_GUARD = "¬"


@dataclass(frozen=True)
class Expected:
    """*kind*: ``=>``, ``!!`` or ``%%``; *shown*: the value or message as `show` writes it."""

    kind: str
    shown: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.shown}".rstrip(" ")


@dataclass
class Case:
    """A line to expand. *answers*: by version, `NEWEST` for the newest, the only one if *only_newest*."""

    written: str
    line: int
    only_newest: bool = False
    answers: dict[str, Expected] = field(default_factory=dict)

    def text(self, data: str) -> str:
        """What is expanded, latin-1 decoded; *data* is the folder of the data files."""
        text = self.written.removesuffix(_GUARD).replace("@data@", data)
        return text.encode("utf-8").decode("latin-1")

    def is_for(self, version: str) -> bool:
        return version == NEWEST or not self.only_newest

    def expected(self, version: str) -> Expected | None:
        return self.answers.get(version) or self.answers.get(NEWEST)


@dataclass
class CaseFile:
    """*lines*: comments and empty lines by the number of cases that stand before them."""

    path: Path
    cases: list[Case]
    asked: list[str]
    between: dict[int, list[str]]

    def write(self) -> None:
        out: list[str] = []
        for number, case in enumerate(self.cases):
            out += self.between.get(number, [])
            out.append(case.written)
            for version in sorted(case.answers, key=_version_key, reverse=True):
                out.append(f"{version} {case.answers[version]}".lstrip(" "))
        out += self.between.get(len(self.cases), [])
        header = f"{_ASKED} {' '.join(self.asked)}"
        self.path.write_text("\n".join([header, *out, ""]), encoding="utf-8")


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")) if version else (99,)


def read_cases(path: Path) -> CaseFile:
    cases: list[Case] = []
    asked: list[str] = []
    between: dict[int, list[str]] = {}
    only_newest = False
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n")[:-1], 1):
        if line.startswith(_ASKED):
            asked = line[len(_ASKED) :].split()
        elif not line or line.startswith("#"):
            between.setdefault(len(cases), []).append(line)
            only_newest = line == _ONLY + "newest" if line.startswith(_ONLY) else only_newest
        elif found := _EXPECTATION.match(line):
            cases[-1].answers[found[1] or NEWEST] = Expected(found[2], found[3] or "")
        else:
            cases.append(Case(line, number, only_newest))
    return CaseFile(path, cases, asked, between)


def show(octets: str, data: str = "") -> str:
    """Latin-1 decoded octets as case files show them."""
    text = octets.replace(data, "@data@") if data else octets
    raw = text.replace("\\", "\\\\").replace("\n", "\\n").encode("latin-1")
    return re.sub(r"[\x00-\x1f\x7f]| \Z", _hex, raw.decode("utf-8", "backslashreplace"))


def _hex(found: re.Match[str]) -> str:
    return f"\\x{ord(found[0]):02x}"


def all_case_files(folder: Path = CASES) -> Iterator[Path]:
    return iter(sorted(folder.glob("*.txt")))
