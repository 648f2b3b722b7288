"""From domains to hosts: what ``exim -bt`` of 4.100-dev shows for a dnslookup router (``hosts.out``), and ours.

Hosts whose order is left to chance are not asked for here; see test_order.
"""

from __future__ import annotations

import re

from own_network import ask, needs_own_network, needs_version
from recorded_run import HERE, RecordedRun, cases, read, written

from eximconf.dns.host import FindOutcome, Host
from eximconf.dns.hosts import HostSearch, find_by_dns
from tests.conftest import Golden

CONFIG = """begin routers
r:
  driver = dnslookup
  {}
  self = send
  transport = t
begin transports
t:
  driver = smtp
"""
ADDRESS = re.compile(r"u@(\S+)")


def parts(case: str) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """The domains, and the options of a case, true where they have no value."""
    domains, main, router = case.split("|")
    return [f"{name}.example" for name in domains.split()], options(main), options(router)


def options(text: str) -> dict[str, str]:
    pairs = (option.partition("=") for option in re.split(r";\s*(?=[a-z_]+ *=|$)", text) if option.strip())
    return {name.strip(): value.strip() or "true" for name, _, value in pairs}


def search(router: dict[str, str]) -> HostSearch:
    ignored = [item.strip() for item in router.get("ignore_target_hosts", "").lstrip("<;").split(";")]
    return HostSearch(
        services=[item.strip() for item in router.get("check_srv", "").split(":") if item],
        mx=True,
        ipv6="ipv4_only" not in router,
        ipv4_only="ipv4_only" in router,
        ipv4_first="ipv4_prefer" in router,
        ignore=lambda name, address: address in ignored,
        srv_fail_domains=router.get("srv_fail_domains"),
        mx_fail_domains=router.get("mx_fail_domains"),
        dnssec_request=router.get("dnssec_request_domains", "*"),
        dnssec_require=router.get("dnssec_require_domains"),
    )


def ours(case: str) -> list[str]:
    domains, main, router = parts(case)
    lines = [case]
    for domain in domains:
        run = RecordedRun("hosts.zone", main)
        found = find_by_dns(run.ctx, domain, search(router))
        if found.outcome in (FindOutcome.FOUND, FindOutcome.LOCAL):
            lines.append(f"{found.full_name}:")
            lines += [shown(host) for host in found.hosts]
        else:
            fails = found.outcome is FindOutcome.FAILED
            lines.append(f"{domain}: " + ("undeliverable" if fails else "cannot be resolved at this time"))
    return lines


def shown(host: Host) -> str:
    words = [f"host {host.name} [{host.address or 'unknown'}]"]
    if host.preference >= 0:
        words.append(f"MX={host.preference}")
    if host.port is not None:
        words.append(f"port={host.port}")
    if host.unusable is not None:
        words.append("** unusable **")
    return "  " + " ".join(words)


def seen(exim: str, case: str) -> list[str]:
    domains, main, router = parts(case)
    config = option_lines(main) + CONFIG.format(option_lines(router).replace("\n", "\n  "))
    output, errors = ask(exim, read("hosts.zone"), config, ["-bt", *(f"u@{domain}" for domain in domains)], "")
    assert output, errors
    lines = [case]
    for line in output.split("\n"):
        if found := ADDRESS.match(line):
            why = re.search("undeliverable|cannot be resolved at this time", line)
            lines.append(f"{found[1]}:" + (f" {why[0]}" if why else ""))
        elif line.startswith("  host "):
            lines.append("  " + " ".join(line.split()))
    return lines


def option_lines(settings: dict[str, str]) -> str:
    return "".join(f"{name} = {value}\n" for name, value in settings.items())


def test_same_as_seen() -> None:
    assert written([ours(case) for case in cases("hosts.in")]) == read("hosts.out")


def test_real_exim_gives_what_was_seen(real_exim: str, golden: Golden) -> None:
    needs_own_network()
    needs_version(real_exim, "4.99")
    golden(HERE / "hosts.out", written([seen(real_exim, case) for case in cases("hosts.in")]))
