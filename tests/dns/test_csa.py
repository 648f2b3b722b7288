"""The condition verify = csa: what a real Exim 4.100-dev says (``csa.out``), and ours."""

from __future__ import annotations

import re

from own_network import ask, needs_own_network, needs_version
from recorded_run import HERE, RecordedRun, cases, read

from eximconf.dns.csa import verify_csa
from tests.conftest import Golden

ACL = """acl_smtp_helo = h
begin acl
h:
  accept  verify = csa/{0}
          logwrite = RESULT passes $csa_status
  warn    logwrite = RESULT fails $csa_status
  require verify = csa/{0}
"""


def fields(case: str) -> tuple[str, str, str, dict[str, str]]:
    client, domain, helo, options = (part.strip() for part in case.split("|"))
    name, _, value = options.partition("=")
    return client, domain, helo, {name.strip(): value.strip()} if name else {}


def ours(case: str) -> str:
    client, domain, helo, settings = fields(case)
    result = verify_csa(RecordedRun("csa.zone", settings).ctx, domain, helo, client)
    return f"passes {result.status}" if result.passes else f"fails {result.status}: {result.message}"


def seen(exim: str, case: str) -> str:
    client, domain, helo, settings = fields(case)
    config = "".join(f"{name} = {value}\n" for name, value in settings.items()) + ACL.format(domain)
    output, errors = ask(exim, read("csa.zone"), config, ["-bh", client], f"HELO {helo}\r\nQUIT\r\n")
    found = re.search("LOG: RESULT (.*)", errors)
    assert found, errors
    reason = re.search("^550 (.*)\r", output, re.MULTILINE)
    return found[1] + (f": {reason[1]}" if reason else "")


def test_same_as_seen() -> None:
    assert "".join(f"{case} => {ours(case)}\n" for case in cases("csa.in")) == read("csa.out")


def test_real_exim_gives_what_was_seen(real_exim: str, golden: Golden) -> None:
    needs_own_network()
    needs_version(real_exim, "4.99")
    golden(HERE / "csa.out", "".join(f"{case} => {seen(real_exim, case)}\n" for case in cases("csa.in")))
