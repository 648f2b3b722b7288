"""Sessions side by side with a real Exim: the same dialogue through ``exim -bh``."""

from __future__ import annotations

from eximconf.replay.oracle.comparison import compare

__all__ = ["compare"]
