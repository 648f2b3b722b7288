"""From addresses to host names: trace, log and result of a real Exim 4.100-dev (``host_names.out``), and ours."""

from __future__ import annotations

import re

from own_network import ask, needs_own_network, needs_version
from recorded_run import HERE, RecordedRun, cases, read, written

from eximconf.dns.host import FindOutcome
from eximconf.dns.host_names import find_host_names
from tests.conftest import Golden

ACL = r"""acl_smtp_connect = c
begin acl
c:
  warn logwrite = CASE
  accept logwrite = NAME=<$sender_host_name> SECURE=$sender_host_dnssec FAILED=$host_lookup_failed \
                    DEFERRED=$host_lookup_deferred
"""
OF_THE_ACL = re.compile(r">>> *(processing|check logwrite|warn:|accept:|NAME|= |FAILED)")
FOURTH_COLUMN = "   \xe2\x95\x8e"  # how the trace marks it


def ours(case: str) -> list[str]:
    address, _, options = case.partition(" |")
    run = RecordedRun("host_names.zone", settings(options)).traced()
    names = find_host_names(run.ctx, address)
    failed, deferred = names.outcome is FindOutcome.FAILED, names.outcome is FindOutcome.AGAIN
    secure = "yes" if names.secure else "no"
    result = f"NAME=<{names.name}> SECURE={secure} FAILED={failed:d} DEFERRED={deferred:d}"
    return [case, *run.lines, result]


def settings(options: str) -> dict[str, str]:
    pairs = (option.partition("=") for option in options.split(";") if option.strip())
    return {name.strip(): value.strip() or "true" for name, _, value in pairs}


def seen(exim: str, case: str) -> list[str]:
    address, _, options = case.partition(" |")
    config = "".join(f"{option.strip()}\n" for option in options.split(";")) + ACL
    errors = ask(exim, read("host_names.zone"), config, ["-bh", address], "")[1]
    begin, end = errors.index("LOG: CASE\n"), errors.index("LOG: NAME=")
    lines = [line.replace(FOURTH_COLUMN, "    ") for line in errors[begin:end].split("\n")[1:-1] if not OF_THE_ACL.match(line)]
    margin = lines[0].index("looking")
    return [
        case,
        *(line if line.startswith("LOG") else f">>> {line[margin:]}" for line in lines),
        errors[end + 5 :].partition("\n")[0],
    ]


def test_same_as_seen() -> None:
    assert written([ours(case) for case in cases("host_names.in")]) == read("host_names.out")


def test_real_exim_gives_what_was_seen(real_exim: str, golden: Golden) -> None:
    needs_own_network()
    needs_version(real_exim, "4.99")
    golden(HERE / "host_names.out", written([seen(real_exim, case) for case in cases("host_names.in")]))
