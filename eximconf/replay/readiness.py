"""Gets the interpreter ready for a run of many sessions."""

from __future__ import annotations

import gc
import sys

_JIT = "threshold=60,function_threshold=60,trace_eagerness=20,trace_limit=30000"


def get_ready() -> None:
    """Sessions leave few cycles behind: looking for those is a twelfth of CPython's time. PyPy compiles what it runs
    only after a thousand times, which 10,000 sessions are just enough for."""
    if sys.implementation.name == "pypy":
        from pypyjit import set_param  # type: ignore[import-not-found]

        set_param(_JIT)
    else:
        gc.set_threshold(20_000, 20, 20)
