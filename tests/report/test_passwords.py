"""No report of what is found has a password of the configuration in it, hidden there or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eximconf.cli import main

_CONFIGURATION = r"""
PASSWORD = s3cret_one
SERVER = localhost/db/user/PASSWORD
hide mysql_servers = SERVER : other/db/user/s3cret_two : \
  third/db/user/s3cret_three
pgsql_servers = localhost/db/user/s3cret_four
redis_servers = "127.0.0.1/0/s3cret_five
acl_smtp_rcpt = check
begin acl
check:
  warn set acl_m_a = ${lookup mysql {servers=h/db/user/s3cret_six; SELECT $nosuch}}
  warn set acl_m_b = ${lookup mysql,servers=h/db/user/s3cret_seven{SELECT '$local_part'}}
  warn set acl_m_c = ${lookup ldap {user="a" pass="s3cret eight" ldapx:///$local_part}}
begin authenticators
one:
  driver = cram_md5
  public_name = CRAM-MD5
  client_secret = s3cret_nine
  client_secrt = s3cret_ten
  server_secret = ${if eq{$auth1}{bob}{s3cret_eleven}fail
two:
  driver = plaintext
  public_name = PLAIN
  client_send = ^user^s3cret_twelve
  client_passwd = s3cret_thirteen
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "exim.conf"
    path.write_text(_CONFIGURATION)
    return str(path)


@pytest.mark.parametrize("form", ["text", "concise", "json", "sarif", "github", "gitlab"])
@pytest.mark.parametrize("command", [("check",), ("upgrade", "--from", "4.92", "--all")])
def test_findings(
    command: tuple[str, ...], form: str, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--no-config", "--format", form, config]) == 1
    shown = capsys.readouterr()
    assert "EX224" in shown.out or command[0] == "upgrade"
    assert "s3cret" not in shown.out + shown.err


@pytest.mark.parametrize("command", [("check", "--no-config", "--diff", "--unsafe-fixes"), ("show",)])
def test_other_output(command: tuple[str, ...], config: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([*command, config])
    shown = capsys.readouterr()
    assert "<hidden>" in shown.out or "not displayable" in shown.out
    assert "s3cret" not in shown.out + shown.err


def test_carets_stand_where_they_should(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "exim.conf"
    config.write_text(
        "acl_smtp_rcpt = a\nbegin acl\na:\n  warn set acl_m_a = ${lookup ldap{pass=abc ldap:///$local_part}}\n"
    )
    main(["check", "--no-config", "--select", "EX224", str(config)])
    line, carets = capsys.readouterr().out.split("\n")[1:3]
    assert line[carets.index("^") : carets.rindex("^") + 1] == "$local_part"
    assert "pass=<hidden> " in line


def test_fix_beside_a_password(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only what it adds is told."""
    config = tmp_path / "exim.conf"
    query = "${lookup mysql{servers=h/d/u/s3cret; SELECT 1}}"
    config.write_text(f"acl_smtp_rcpt = a\nbegin acl\na:\n  deny condition = {query}\n  accept\n")
    main(["check", "--no-config", "--format", "json", str(config)])
    (fix,) = [one["fix"] for one in json.loads(capsys.readouterr().out) if one["fix"]]
    (edit,) = fix["edits"]
    assert edit["text"] == "{yes}{no}"
    assert (edit["column"], edit["end_column"]) == (20 + len(query) - 1, 20 + len(query) - 1)
