"""Gets the interpreter ready for a run of many sessions."""

from __future__ import annotations

import gc
import sys

_JIT = "threshold=60,function_threshold=60,trace_eagerness=20,trace_limit=30000"


def get_ready() -> None:
    """Let CPython look for cycles less often, which sessions leave few of: that is a twelfth of its time. Let PyPy compile
    what has run sixty times: by itself it waits for a thousand, which much of a session reaches late in 10,000."""
    if sys.implementation.name == "pypy":
        from pypyjit import set_param  # type: ignore[import-not-found]

        set_param(_JIT)
    else:
        gc.set_threshold(20_000, 20, 20)
