"""The condition dnslists: trace, log and result of a real Exim 4.100-dev (``dnslists.out``), and of ours."""

from __future__ import annotations

import re

from own_network import ask, needs_own_network, needs_version
from recorded_run import HERE, RecordedRun, cases, read, written

from eximconf.dns.dnslists import DnslistOutcome, DnslistResult, check_dnslists
from eximconf.expand.dynamic import expand_string
from tests.conftest import Golden

VARIABLES = ("dnslist_domain", "dnslist_matched", "dnslist_value", "dnslist_text")
OURS = re.compile(r">>> *(dnslists|new DNS|cached data|DNS lookup|=> |expanded list:|.* in dns_again)|LOG: (DNS|dns|unk)")
DEFERRED = re.compile(r"LOG: H=\S+ Warning: ACL 'warn' statement skipped \(in .*?\): condition test deferred(: )?")
ERROR = re.compile(r'LOG: H=\S+ temporarily rejected connection in "connect" ACL: ')


def sessions() -> dict[str, list[str]]:
    """The lists to test by the address of the client."""
    found: dict[str, list[str]] = {}
    for case in cases("dnslists.in"):
        address, _, text = case.partition(" | ")
        found.setdefault(address, []).append(text)
    return found


def ours(address: str, lists: list[str]) -> list[str]:
    run = RecordedRun("dnslists.zone").traced()
    for text in lists:
        run.lines.append(f"{address} | {text}")
        result = check_dnslists(run.ctx, text, address, expand_string)
        run.lines += ending(result, run)
    return run.lines


def ending(result: DnslistResult, run: RecordedRun) -> list[str]:
    values = " ".join(f"<{run.ctx.variables.get(name, '')}>" for name in VARIABLES)
    match result.outcome:
        case DnslistOutcome.LISTED:
            return [f"LISTED {values}"]
        case DnslistOutcome.NOT_LISTED:
            return [f"not listed {values}"]
        case outcome:
            return [f"{outcome.name} {result.message}".rstrip()]


def acl(lists: list[str]) -> str:
    values = " ".join(f"<${name}>" for name in VARIABLES)
    statements = [
        f"  warn logwrite = CASE {number}\n  warn dnslists = {text}\n       logwrite = LISTED {values}\n"
        f"       set acl_c{number} = yes\n"
        f"  warn condition = ${{if !def:acl_c{number}}}\n       logwrite = not listed {values}\n"
        for number, text in enumerate(lists)
    ]
    return f"acl_smtp_connect = c\nbegin acl\nc:\n{''.join(statements)}  accept\n"


def seen(exim: str, address: str, lists: list[str]) -> list[str]:
    errors = ask(exim, read("dnslists.zone"), acl(lists), ["-bh", address], "")[1]
    lines: list[str] = []
    started = deferred = False
    for line in errors.split("\n"):
        if line.startswith("LOG: CASE "):
            started, deferred = True, False
            line = f"{address} | {lists[int(line[10:])]}"
        elif DEFERRED.match(line):
            line, deferred = DEFERRED.sub("DEFERRED ", line).rstrip(), True
        elif ERROR.match(line):
            line = ERROR.sub("ERROR ", line)
        elif line.startswith(("LOG: LISTED", "LOG: not listed")):
            line = line[5:]
            if deferred:
                continue
        elif not OURS.match(line):
            continue
        if started:
            lines.append(line)
    return lines


def test_same_as_seen() -> None:
    assert written([ours(*session) for session in sessions().items()]) == read("dnslists.out")


def test_real_exim_gives_what_was_seen(real_exim: str, golden: Golden) -> None:
    needs_own_network()
    needs_version(real_exim, "4.99")
    golden(HERE / "dnslists.out", written([seen(real_exim, *session) for session in sessions().items()]))


class Clock:
    time = 1000.0

    def now(self) -> float:
        return self.time


def test_answers_are_kept_as_long_as_they_hold() -> None:
    run = RecordedRun("expiring.zone").traced()
    clock = run.ctx.services.clock = Clock()
    for moment in (1000.0, 1000.5, 1001.0):
        clock.time = moment
        check_dnslists(run.ctx, "z.example/10.0.0.2 : l.example", "10.0.0.1", expand_string)
    new = "new DNS lookup for 2.0.0.10.z.example", "new DNS lookup for 1.0.0.10.l.example"
    expired = [f"cached data found but past valid time; {line}" for line in new]  # seen on 4.100-dev, TTL and SOA of 1 s
    known = ["dnslists: using result of previous lookup"] * 2
    asked = [line[4:] for line in run.lines if "new DNS" in line or "previous" in line]
    assert asked == [*new, *known, *expired]
