"""Compare case files with a real Exim, or fill them from it.

    python tests/expand/ask_exim.py [--exim PATH] [--write] FILE…

Without ``--write`` the differences are printed and the exit status is 1 if there are any. With it the
expectations are written: those without a version from an Exim newer than the last release, those with one
from any other, and only where they differ. ``--show`` prints the answers for lines of standard input.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from expansion_cases import CASES, NEWEST, Case, CaseFile, Expected, all_case_files, read_cases
from real_expansion import RealExim, copy_data


def main(fill: Callable[[str], None] = copy_data, folder: Path = CASES) -> int:
    """Work on the case files of *folder*; *fill* makes the data files that they use."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="case files; all if none is given")
    parser.add_argument("--exim", default=os.environ.get("EXIM", "/usr/sbin/exim4"), help="the real Exim")
    parser.add_argument("--write", action="store_true", help="write what it answers")
    parser.add_argument("--show", action="store_true", help="answer lines of standard input")
    options = parser.parse_args()
    with RealExim(options.exim, fill) as exim:
        if options.show:
            lines = sys.stdin.buffer.read().decode("latin-1").splitlines()
            for line, answer in zip(lines, exim.ask(lines), strict=True):
                print(line.encode("latin-1").decode("utf-8", "backslashreplace"), answer, sep="\n")
            return 0
        return max([compare(exim, path, options.write) for path in options.files or all_case_files(folder)], default=0)


def compare(exim: RealExim, path: Path, write: bool) -> int:
    file = read_cases(path)
    cases = [case for case in file.cases if case.is_for(exim.version)]
    answers = exim.ask([case.text(exim.data) for case in cases])
    if write:
        _fill(file, cases, exim.version, answers)
        file.write()
        return 0
    different = 0
    for case, answer in zip(cases, answers, strict=True):
        expected = case.expected(exim.version)
        if expected != answer:
            different = 1
            print(f"{path.name}:{case.line}: {case.written}\n  file: {expected}\n  Exim: {answer}")
    return different


def _fill(file: CaseFile, cases: list[Case], version: str, answers: list[Expected]) -> None:
    for case, answer in zip(cases, answers, strict=True):
        if version == NEWEST:
            case.answers[NEWEST] = answer
        elif case.answers.get(NEWEST) == answer:
            case.answers.pop(version, None)
        else:
            case.answers[version] = answer
    name = version or "newest"
    if name not in file.asked:
        file.asked.append(name)
        file.asked.sort(key=lambda one: (one != "newest", one))


if __name__ == "__main__":
    sys.exit(main())
