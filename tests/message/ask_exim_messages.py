"""Compare the case files about messages with a real Exim, or fill them from it.

python tests/message/ask_exim_messages.py [--exim PATH] [--write] FILE…
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "expand"))
from ask_exim import compare
from expansion_cases import all_case_files, read_cases
from message_cases import CASES, filler, message_of
from real_expansion import RealExim


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="case files; all if none is given"
    )
    parser.add_argument("--exim", default=os.environ.get("EXIM", "/usr/sbin/exim4"), help="the real Exim")
    parser.add_argument("--write", action="store_true", help="write what it answers")
    options = parser.parse_args()
    status = 0
    for path in options.files or all_case_files(CASES):
        with RealExim(options.exim, filler(message_of(read_cases(path)))) as exim:
            status |= compare(exim, path, options.write)
    return status


if __name__ == "__main__":
    sys.exit(main())
