"""Compare the case files here with a real Exim, or fill them from it. Options as of ``tests/expand/ask_exim.py``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "expand"))

from ask_exim import main
from stores import fill

if __name__ == "__main__":
    sys.exit(main(fill, Path(__file__).parent))
