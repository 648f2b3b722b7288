"""``exim-conf show``: what is settled, where from, and nothing that is secret."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from eximconf.cli.show import run

CONFIGURATION = """\
NAME = a.example
PASSWORD = sesame
hide mysql_servers = host/db/user/PASSWORD
.ifdef NAME
primary_hostname = NAME
.endif
no_accept_8bitmime
domainlist local_domains = @ : +more
hide domainlist more = x.example
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  accept
begin routers
one:
  driver = accept
  domains = +local_domains
  transport = out
begin transports
out:
  driver = smtp
begin retry
* * F,2h,15m
begin rewrite
*@x.example $1@y.example T
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  hide server_condition = ${if eq{$auth2}{sesame}}
"""
SHOWN = """\
# main
no_accept_8bitmime    # exim.conf:7:1
acl_smtp_rcpt = rcpt    # exim.conf:10:1
mysql_servers = <value not displayable>    # exim.conf:3:6
primary_hostname = a.example    # exim.conf:5:1

# macros
NAME = a.example    # exim.conf:1:1
PASSWORD = <value not displayable>    # exim.conf:2:1

# lists
domainlist local_domains = @ : +more    # exim.conf:8:12
domainlist more = <value not displayable>    # exim.conf:9:17

# acls
rcpt:    # exim.conf:12:1

# routers
one: (accept)    # exim.conf:15:1
  domains = +local_domains    # exim.conf:17:3
  driver = accept    # exim.conf:16:3
  transport = out    # exim.conf:18:3

# transports
out: (smtp)    # exim.conf:20:1
  driver = smtp    # exim.conf:21:3

# authenticators
plain: (plaintext)    # exim.conf:27:1
  driver = plaintext    # exim.conf:28:3
  public_name = PLAIN    # exim.conf:29:3
  server_condition = <value not displayable>    # exim.conf:30:8

# retry
* * F,2h,15m    # exim.conf:23:1

# rewrite
*@x.example $1@y.example T    # exim.conf:25:1
"""


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("exim.conf")
    path.write_text(CONFIGURATION)
    return path


def test_everything(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(conf)]) == 0
    assert capsys.readouterr().out == SHOWN


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["primary_hostname"], "# main\nprimary_hostname = a.example\n"),
        (["+local_domains"], "# lists\ndomainlist local_domains = @ : +more\n"),
        (["rcpt"], "# acls\nrcpt:\n"),
        (["retry"], "# retry\n* * F,2h,15m\n"),
        (["smtp_accept_max"], "# main\nsmtp_accept_max = 20\n"),
    ],
)  # fmt: skip
def test_one_thing(conf: Path, capsys: pytest.CaptureFixture[str], names: list[str], shown: str) -> None:
    assert run(["--no-origin", str(conf), *names]) == 0
    assert capsys.readouterr().out == shown


def test_json_has_the_place(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["--json", str(conf), "routers"])
    assert json.loads(capsys.readouterr().out)[1] == {
        "section": "routers", "block": "one", "name": "domains", "value": "+local_domains", "kind": "string",
        "file": "exim.conf", "line": 17, "column": 3,
    }  # fmt: skip


def test_all_has_defaults(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["--all", str(conf)])
    out = capsys.readouterr().out
    assert "\nsmtp_accept_max = 20    # default\n" in out
    assert "sesame" not in out


def test_hidden_when_asked(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["--show-hidden", str(conf), "mysql_servers"])
    assert capsys.readouterr().out == "# main\nmysql_servers = host/db/user/sesame    # exim.conf:3:6\n"


@pytest.mark.parametrize(
    ("argv", "status", "said"),
    [
        (["exim.conf", "nothing"], 1, "exim-conf show: nothing called nothing here\n"),
        (["-D", "lower=1", "exim.conf"], 2, None),
        (["none.conf"], 2, "exim-conf show: none.conf: No such file or directory\n"),
    ],
)
def test_status(
    conf: Path, capsys: pytest.CaptureFixture[str], argv: list[str], status: int, said: str | None
) -> None:
    assert run(argv) == status
    found = capsys.readouterr().err
    assert found == said if said is not None else found


def test_a_bad_line_is_told_and_the_rest_shown(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conf.write_text("primary_hostname = a.example\nno_such_option = 1\n")
    assert run([str(conf)]) == 1
    streams = capsys.readouterr()
    assert streams.out == "# main\nprimary_hostname = a.example    # exim.conf:1:1\n"
    assert streams.err == 'exim.conf:2:1: main option "no_such_option" unknown\n'


def test_values_are_those_of_a_real_exim(conf: Path, real_exim: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["accept_8bitmime", "primary_hostname", "acl_smtp_rcpt", "smtp_accept_max", "message_size_limit"]
    run(["--no-origin", str(conf), *asked])
    ours = capsys.readouterr().out.splitlines()[1:]
    argv = [real_exim, "-C", str(conf.absolute()), "-bP", *asked]
    real = subprocess.run(argv, capture_output=True, text=True, check=False).stdout.splitlines()
    assert sorted(ours) == sorted(real)
