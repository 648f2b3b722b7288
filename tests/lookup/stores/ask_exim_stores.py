"""Fill the case files here from a real Exim, or show what it answers for lines of standard input.

python tests/lookup/stores/ask_exim_stores.py [--exim PATH] KIND…
python tests/lookup/stores/ask_exim_stores.py [--exim PATH] --show KIND
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "expand"))

from expansion_cases import NEWEST, Expected, read_cases
from real_expansion import RealExim
from running_stores import FOLDER, NEEDED, RunningStores


def ask(exim: str, kind: str, texts: list[str]) -> list[Expected]:
    """The answers to *texts* of fresh servers."""
    with RunningStores(kind) as stores, RealExim(exim, stores.configure) as real:
        answers = real.ask([stores.named(text) for text in texts])
        return [Expected(one.kind, stores.unnamed(one.shown)) for one in answers]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kinds", nargs="*", default=sorted(NEEDED), metavar="KIND")
    parser.add_argument("--exim", default=os.environ.get("EXIM", "/usr/sbin/exim4"))
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    if options.show:
        lines = sys.stdin.buffer.read().decode("latin-1").splitlines()
        for line, answer in zip(lines, ask(options.exim, options.kinds[0], lines), strict=True):
            print(line, answer, sep="\n")
        return
    for kind in options.kinds:
        file = read_cases(FOLDER / f"{kind}.txt")
        for case, answer in zip(
            file.cases, ask(options.exim, kind, [one.text("") for one in file.cases]), strict=True
        ):
            case.answers[NEWEST] = answer
        file.write()


if __name__ == "__main__":
    main()
