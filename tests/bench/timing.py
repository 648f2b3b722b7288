"""Times of look-ups by the processor and by the clock, ours and those of a real Exim's lines."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple


class Seconds(NamedTuple):
    """*processor*: what the process itself used of it; *clock*: with what a server took, and with waiting."""

    processor: float
    clock: float


def least(times: Iterable[Seconds]) -> Seconds:
    """The least of each, which other work on the machine has disturbed least."""
    processor, clock = zip(*times, strict=True)
    return Seconds(min(processor), min(clock))


def our_seconds(work: Callable[[], object]) -> Seconds:
    start = time.process_time(), time.perf_counter()
    work()
    return Seconds(time.process_time() - start[0], time.perf_counter() - start[1])


def net(times: Iterable[Seconds], starts: Iterable[Seconds]) -> Seconds:
    """The least of *times*, without the least that a start takes."""
    whole, start = least(times), least(starts)
    return Seconds(max(whole.processor - start.processor, 1e-9), max(whole.clock - start.clock, 1e-9))


def exim_lines(exim: str, config: str, lines: Sequence[str]) -> tuple[Seconds, bytes]:
    """Time of an ``exim -be`` that is given *lines*, and its answers."""
    start = _children_seconds(), time.perf_counter()
    done = subprocess.run(
        [exim, "-C", config, "-be"], input="\n".join([*lines, ""]).encode("latin-1"), stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return Seconds(_children_seconds() - start[0], time.perf_counter() - start[1]), done.stdout


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def exim_path() -> str:
    return os.environ.get("EXIM", "/usr/sbin/exim4")
