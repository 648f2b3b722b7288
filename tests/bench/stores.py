"""How many look-ups a second real servers answer, beside a real Exim with the same servers.

Usage: EXIM=/path/to/exim python tests/bench/stores.py [QUERIES]

*cold*: QUERIES (10,000) queries that all differ go to the server over one connection. *warm*: one query again and again,
whose answer is kept. Exim answers lines of ``exim -be``, net of its start and its connection; here one string is
compiled, which takes what differs from a variable. By the processor, only what the client uses counts, without what the
server takes and the waiting for it; by the clock, all does. The best of several rounds, ours and Exim's in turn. A type
that Exim lacks has a dash.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lookup" / "stores"))

from running_stores import RunningStores
from store_servers import NoServer
from timing import Seconds, exim_lines, exim_path, least, net, our_seconds

import eximconf
from eximconf.expand.dynamic import compiled
from eximconf.lookup.searches import Searches
from eximconf.runtime.live import live_services

ROUNDS = 5
QUERIES: dict[str, tuple[str, Callable[[str], str]]] = {
    "redis": ("${{lookup redis{{echo {}}}}}", str),
    "pgsql": ("${{lookup pgsql{{select {}}}}}", str),
    "mysql": ("${{lookup mysql{{select {}}}}}", str),
    "ldap": ("${{lookup ldap{{ldap:///uid=fred,o=base?uid?base?(!(cn={}))}}}}", lambda _number: "fred"),
}


def ours(folder: str, form: str, numbers: list[str], wanted: list[str]) -> Seconds:
    """Time of the look-ups of *numbers*, over a connection that is there."""
    ctx = eximconf.load(f"{folder}/exim.conf").context(live_services({}))
    run, variables, values = compiled(form.format("$acl_m0"), ctx), ctx.variables, []

    def work() -> None:
        for number in numbers:
            variables["acl_m0"] = number
            values.append(run(ctx))

    variables["acl_m0"] = numbers[0]
    run(ctx)
    seconds = our_seconds(work)
    Searches.of(ctx.services).forget()
    assert values == wanted
    return seconds


def measure(exim: str, folder: str, kind: str, state: str, count: int) -> None:
    form, answer = QUERIES[kind]
    numbers = [str(number) for number in range(count)] if state == "cold" else ["7"] * count
    wanted, lines = [answer(number) for number in numbers], [form.format(number) for number in numbers]
    starts, theirs, our = [], [], []
    for _ in range(ROUNDS):
        starts.append(exim_lines(exim, f"{folder}/exim.conf", lines[:1])[0])
        seconds, answers = exim_lines(exim, f"{folder}/exim.conf", lines)
        theirs.append(seconds)
        our.append(ours(folder, form, numbers, wanted))
    shown = "-" if b"unknown lookup type" in answers else rates(net(theirs, starts), least(our), count)
    print(f"{kind + ', ' + state:12} {shown}", flush=True)


def rates(theirs: Seconds, our: Seconds, count: int) -> str:
    """Look-ups a second of Exim and of ours, by the processor and by the clock."""
    return " ".join(
        f"{count / one:10,.0f} {count / other:10,.0f} {one / other:6.2f}x"
        for one, other in zip(theirs, our, strict=True)
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    exim = exim_path()
    if not os.access(exim, os.X_OK):
        sys.exit(f"no real Exim at {exim}: set EXIM")
    columns = f"{'Exim':>10} {'eximconf':>10} {'faster':>7}"
    print(f"{'':12} {'look-ups a second of the processor':>29} {'by the clock':>24}")
    print(f"{'':12} {columns} {columns}")
    for kind in QUERIES:
        try:
            with RunningStores(kind) as stores, tempfile.TemporaryDirectory() as folder:
                os.chmod(folder, 0o755)
                stores.configure(folder)
                for state in ("cold", "warm"):
                    measure(exim, folder, kind, state, count)
        except NoServer as missing:
            print(f"{kind:12} {missing}")


if __name__ == "__main__":
    main()
