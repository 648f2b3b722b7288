"""Sessions beside a real Exim: what is compared, what is not, and the configuration that it is given."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eximconf.replay.oracle.configuration import adapted, shift_of
from eximconf.replay.oracle.trace import Decided, decisions
from eximconf.replay.result import SessionResult, Status
from eximconf.replay.suite import Plan, Runner
from eximconf.report.sessions.text import block

# Traces as 4.96 and 4.100-dev print them (without ``>>> ``).
OLD = """\
using ACL "check"
processing "warn" (/x/exim.conf 8)
check condition = x
warn: condition test deferred in ACL "check"
processing "accept" (/x/exim.conf 10)
check acl = inner
 using ACL "inner"
 processing "deny" (/x/exim.conf 5)
 end of ACL "inner": DENY
accept: condition test failed in ACL "check"
processing "require" (/x/exim.conf 17)
require: condition test failed in ACL "check"
end of ACL "check": not OK
using ACL "check"
processing "accept" (/x/exim.conf 20)
accept: condition test failed in ACL "check"
accept: endpass encountered - denying access
"""
NEW = """\
using ACL "check"
processing ACL check "deny" (/x/exim.conf 8)
deny: condition test failed in ACL check
end of ACL check: implicit DENY
using ACL "check"
processing ACL check "deny" (/x/exim.conf 8)
deny: condition test error in ACL check
processing inline ACL "accept" (/x/exim.conf 3)
accept: condition test succeeded in inline ACL
end of inline ACL: ACCEPT
"""


def test_decisions_in_traces() -> None:
    assert decisions(OLD.splitlines()) == [Decided("check", "require", 17, "not OK"), Decided("check", "accept", 20, "not OK")]
    assert decisions(NEW.splitlines()) == [
        Decided("check", "end", 0, "DENY"), Decided("check", "deny", 8, "ERROR"), Decided("inline", "accept", 3, "ACCEPT"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected", "shift"),
    [
        ("# a\nx = 1\nbegin acl\n", "spool_directory = /s\nx = 1\nbegin acl\n", 0),
        ("x = 1\n\nbegin acl\n", "x = 1\nspool_directory = /s\nbegin acl\n", 0),
        ("x = 1\nbegin acl\n# later\n", "spool_directory = /s\nx = 1\nbegin acl\n# later\n", 1),
        ("x = 1 \\\n# no\n  2\nbegin acl\n", "spool_directory = /s\nx = 1 \\\n# no\n  2\nbegin acl\n", 1),
        ("spool_directory = /a/\\\n  b\nx = 1\n", "spool_directory = /s\n\nx = 1\n", 0),
        ("#\nx = $config_dir/a ${config_dir} $config_dirx\n", "spool_directory = /s\nx = /c/a /c $config_dirx\n", 0),
        ("#\n.include sub/x\n.include /x\n.include MACRO\n", "spool_directory = /s\n.include /c/sub/x\n.include /x\n.include MACRO\n", 0),
    ],
)  # fmt: skip
def test_configuration_keeps_its_lines(text: str, expected: str, shift: int) -> None:
    changed = adapted(text, "/c/exim.conf", "/s")
    assert changed == expected
    assert shift_of(text, changed) == shift


CONFIGURATION = """\
primary_hostname = mx.example.net
acl_smtp_rcpt = check
acl_smtp_data = check_data
begin acl
check:
  deny    domains = x.example
          message = no $sender_host_name $sender_ident
  deny    domains = pgsql;SELECT
          message = listed
  defer   ratelimit = 1.5 / 1h / per_rcpt / strict
          message = fast
  accept
check_data:
  deny    condition = ${if match{$h_subject:}{spam}}
          message = spam
  accept
"""
SAME = """\
+++
client = "192.0.2.7:1234"
ident = "joe"
rdns = "client.example"
interface = "192.0.2.1:25"
[lookup.pgsql]
"SELECT" = false
+++
> EHLO me.example
> MAIL FROM:<a@b.example>
> RCPT TO:<a@x.example>
>! close
---
> HELO [192.0.2.7]
> VRFY x
> NOSUCH
> QUIT
"""
UNLIKE = """\
+++
[lookup.pgsql]
"SELECT" = "x"
+++
> EHLO me.example
> MAIL FROM:<a@b.example>
> RCPT TO:<a@y.example>
> DATA
> QUIT
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="Exim takes -C of root only")


def beside(folder: Path, exim: str, session: str) -> SessionResult:
    (folder / "exim.conf").write_text(CONFIGURATION)
    (folder / "one.smtp").write_text(session)
    result = Runner(Plan(str(folder / "exim.conf"), oracle=exim)).run_file(str(folder / "one.smtp"))
    assert result is not None
    return result


@as_root
def test_the_same(real_exim: str, tmp_path: Path) -> None:
    result = beside(tmp_path, real_exim, SAME)
    assert result.status is Status.RECORDING, "\n".join(block(result))
    assert len(result.oracle) == 10
    assert not [step for step in result.oracle if step.why or step.theirs != step.ours]
    third = result.oracle[3]
    assert third.theirs[0] == "< 550 no client.example joe"
    assert third.theirs[1] == "= check deny line 6: DENY"
    assert third.theirs[2].startswith("LOG: H=client.example (me.example) [192.0.2.7]")


@as_root
def test_what_only_the_session_has_is_not_compared(real_exim: str, tmp_path: Path) -> None:
    result = beside(tmp_path, real_exim, UNLIKE)
    assert result.status is Status.RECORDING, "\n".join(block(result))
    rcpt, data, left = result.oracle[3:]
    assert rcpt.theirs != rcpt.ours
    assert rcpt.why == "it asks for what only the session has: pgsql look-up (SELECT)"
    assert not rcpt.follows
    assert data.follows
    assert not left.differs


@as_root
def test_a_difference_fails(real_exim: str, tmp_path: Path) -> None:
    script = tmp_path / "exim"
    script.write_text(f'#!/bin/sh\n{real_exim} "$@" | sed -u s/550/559/\n')
    script.chmod(0o755)
    result = beside(tmp_path, str(script), SAME.replace(">! close\n", ""))
    assert result.status is Status.FAILED
    (step,) = [step for step in result.oracle if step.differs]
    assert (step.theirs[0][:5], step.ours[0][:5]) == ("< 559", "< 550")
    lines = list(block(result))
    assert "    Exim  < 559 no client.example joe" in lines
    assert "    ours  < 550 no client.example joe" in lines


@as_root
def test_the_real_spool_is_not_used(real_exim: str, tmp_path: Path) -> None:
    """Two runs in a row are alike: rates are not remembered between them."""
    session = "> HELO x\n> MAIL FROM:<>\n" + "+++\n[lookup.pgsql]\n'SELECT' = false\n+++\n> RCPT TO:<a@y.example>\n< 250\n"
    for _ in range(2):
        result = beside(tmp_path, real_exim, session)
        assert result.status is Status.PASSED, "\n".join(block(result))


def test_no_exim_there(tmp_path: Path) -> None:
    result = beside(tmp_path, str(tmp_path / "nosuch"), SAME)
    assert [step.why for step in result.oracle] == [f"[Errno 2] No such file or directory: '{tmp_path / 'nosuch'}'"]
