"""The system's call for the addresses of a host: trace and log of a real Exim 4.100-dev (``by_name.out``), and ours."""

from __future__ import annotations

from own_network import ask, needs_own_network, needs_version
from recorded_run import HERE, RecordedRun, cases, read, written
from test_host_names import FOURTH_COLUMN, settings

from eximconf.dns.hosts import find_by_name
from tests.conftest import Golden

ACL = """acl_smtp_connect = c
begin acl
c:
  warn hosts = NAME
  accept
"""
CLIENT = "10.9.9.9"


def ours(case: str) -> list[str]:
    name, _, options = case.partition(" |")
    run = RecordedRun("by_name.zone", settings(options)).traced()
    found = find_by_name(run.ctx, name, local_check=False, during=f"SMTP connection from [{CLIENT}]")
    return [case, *run.lines, found.outcome.value]


def seen(exim: str, case: str) -> list[str]:
    name, _, options = case.partition(" |")
    config = "".join(f"{option.strip()}\n" for option in options.split(";")) + ACL
    errors = ask(exim, read("by_name.zone"), config, [f"-DNAME={name}", "-bh", CLIENT], "")[1]
    lines = errors.replace(FOURTH_COLUMN, "    ").split("\n")
    start = next(index for index, line in enumerate(lines) if "list element: " in line and name in line) + 1
    end = next(index for index, line in enumerate(lines) if index >= start and f'host in "{name}"?' in line)
    kept = [line if line.startswith("LOG") else f">>> {line[5:]}" for line in lines[start:end]]
    return [case, *kept, _outcome(lines[end])]


def _outcome(line: str) -> str:
    if "deferred" in line:
        return "again"
    return "failed" if "failed to find IP address" in line else "found"


def test_same_as_seen() -> None:
    assert written([ours(case) for case in cases("by_name.in")]) == read("by_name.out")


def test_real_exim_gives_what_was_seen(real_exim: str, golden: Golden) -> None:
    needs_own_network()
    needs_version(real_exim, "4.99")
    golden(HERE / "by_name.out", written([seen(real_exim, case) for case in cases("by_name.in")]))
