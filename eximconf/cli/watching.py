"""``exim-conf check --watch``: again whenever something that was read changes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TypeAlias

PAUSE = 0.4
"""Seconds between two looks at the files."""
_SETTLING = 0.1
"""Seconds that a file is left in peace before it is read: an editor may not be done."""
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"
State: TypeAlias = dict[str, tuple[int, int, int] | None]


def watch(check: Callable[[], State], pause: float = PAUSE) -> int:
    """Call *check*, which gives what it read and how that was before, now and after each change. Ctrl-C ends it."""
    terminal = sys.stdout.isatty()
    while True:
        if terminal:
            print(_CLEAR, end="", flush=True)
        before = check()
        said = f"{time.strftime('%H:%M:%S')} watching {len(before)} file{'s' * (len(before) != 1)}, Ctrl-C ends it"
        print(said, file=sys.stderr, flush=True)
        while all(state_of(name) == then for name, then in before.items()):
            time.sleep(pause)
        time.sleep(_SETTLING)


def state_of(name: str) -> tuple[int, int, int] | None:
    """When a file or folder was changed, its size and its number; None for one that is not there."""
    try:
        found = os.stat(name)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
