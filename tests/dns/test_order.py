"""The order of hosts that chance settles.

``order.out`` was seen on Exim 4.100-dev whose random numbers started as ours do, in one process, domain after domain
(``m…`` by MX, ``s…`` by SRV, ``h…`` by addresses only). Names that end there without hosts are undeliverable.
"""

from __future__ import annotations

from recorded_run import RecordedRun, read
from test_hosts import shown

from eximconf.dns.hosts import HostSearch, find_by_dns
from eximconf.runtime.entropy import SeededEntropy


def test_same_as_seen() -> None:
    run = RecordedRun("order.zone", {"extra_local_interfaces": ""})
    lines = []
    for heading in (line for line in read("order.out").split("\n") if line.endswith(":")):
        found = find_by_dns(run.ctx, heading[:-1], HostSearch(["smtp"] if heading[0] == "s" else [], mx=True))
        lines += [heading, *(shown(host) for host in found.hosts if found.found)]
    assert "".join(f"{line}\n" for line in lines) == read("order.out")


def test_numbers_are_those_of_the_seed() -> None:
    first, second = SeededEntropy(7), SeededEntropy(7)
    numbers = [first.integer(limit) for limit in (1, 2, 500, 70000, 0, -1)]
    assert numbers == [second.integer(limit) for limit in (1, 2, 500, 70000, 0, -1)]
    assert numbers[0] == numbers[4] == numbers[5] == 0
