"""How many look-ups a second real servers answer, beside a real Exim with the same servers.

Usage: EXIM=/path/to/exim python tests/bench/stores.py [QUERIES]

*cold*: QUERIES (10,000) queries that all differ go to the server over one connection. *warm*: one query again and again,
whose answer is kept. Exim answers lines of ``exim -be``, net of its start and its connection. Seconds are those of the
processor that the client uses, without what the server takes and the waiting for it; the best of several rounds, ours
and Exim's in turn. A type that Exim lacks has a dash.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lookup" / "stores"))

from running_stores import RunningStores
from store_servers import NoServer

import eximconf
from eximconf.expand.dynamic import compiled
from eximconf.lookup.searches import Searches
from eximconf.runtime.live import live_services

ROUNDS = 3
QUERIES: dict[str, tuple[str, Callable[[int], str]]] = {
    "redis": ("${{lookup redis{{echo {}}}}}", str),
    "pgsql": ("${{lookup pgsql{{select {}}}}}", str),
    "mysql": ("${{lookup mysql{{select {}}}}}", str),
    "ldap": ("${{lookup ldap{{ldap:///uid=fred,o=base?uid?base?(!(cn={}))}}}}", lambda _number: "fred"),
}


def exim_seconds(exim: str, folder: str, lines: list[str]) -> float | None:
    """Time of *lines*, net of Exim's start; None if it does not know the type."""

    def run(some: list[str]) -> tuple[float, bytes]:
        start = _children_seconds()
        done = subprocess.run(
            [exim, "-C", f"{folder}/exim.conf", "-be"], input="\n".join([*some, ""]).encode(), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return _children_seconds() - start, done.stdout

    one, out = run(lines[:1])
    seconds, _ = run(lines)
    return None if b"unknown lookup type" in out else seconds - one


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def our_seconds(folder: str, lines: list[str], wanted: list[str]) -> float:
    ctx = eximconf.load(f"{folder}/exim.conf").context(live_services({}))
    runs = [compiled(line, ctx) for line in lines]
    runs[0](ctx)
    start = time.process_time()
    values = [run(ctx) for run in runs]
    seconds = time.process_time() - start
    Searches.of(ctx.services).forget()
    assert values == wanted
    return seconds


def compare(exim: str, folder: str, lines: list[str], wanted: list[str]) -> tuple[float | None, float]:
    """Look-ups a second of Exim and of ours."""
    theirs, ours = [], []
    for _ in range(ROUNDS):
        theirs.append(exim_seconds(exim, folder, lines))
        ours.append(our_seconds(folder, lines, wanted))
    known = [seconds for seconds in theirs if seconds is not None]
    return len(lines) / max(min(known), 1e-9) if known else None, len(lines) / min(ours)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    exim = os.environ.get("EXIM", "/usr/sbin/exim4")
    if not os.access(exim, os.X_OK):
        sys.exit(f"no real Exim at {exim}: set EXIM")
    print(f"{'look-ups a second':18} {'Exim':>10} {'eximconf':>10} {'faster':>8}")
    for kind, (form, wanted) in QUERIES.items():
        try:
            with RunningStores(kind) as stores, tempfile.TemporaryDirectory() as folder:
                os.chmod(folder, 0o755)
                stores.configure(folder)
                for state, numbers in (("cold", range(count)), ("warm", [7] * count)):
                    lines = [form.format(number) for number in numbers]
                    theirs, ours = compare(exim, folder, lines, [wanted(number) for number in numbers])
                    shown, ratio = (f"{theirs:,.0f}", f"{ours / theirs:.1f}x") if theirs else ("-", "")
                    print(f"{kind + ', ' + state:18} {shown:>10} {ours:10,.0f} {ratio:>8}", flush=True)
        except NoServer as missing:
            print(f"{kind:18} {missing}")


if __name__ == "__main__":
    main()
