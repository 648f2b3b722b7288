"""The case files share their format and the asking of a real Exim with those of expansions."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "expand"))
