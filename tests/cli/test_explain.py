"""``exim-conf explain``: output, exit status, target versions, lists, JSON."""

from __future__ import annotations

import json

import pytest

from eximconf.cli.explain import run

RATELIMIT = """\
ratelimit: ACL condition
  More was sent in a time than the limit allows.
  written         ratelimit = limit / period / options / key
  value           text, expanded
  allowed in      every ACL
  options         per_addr per_byte per_cmd per_conn per_mail per_rcpt strict leaky noupdate
                  readonly count= unique=
  known           since 4.80 or before
  manual          section 44.20
  see also        smtp_ratelimit_hosts, smtp_ratelimit_mail, smtp_ratelimit_rcpt
"""


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ratelimit"]) == 0
    assert capsys.readouterr().out == RATELIMIT


TITLES = [
    (["acl"], ["acl: expansion item", "acl: condition of ${if", "acl: ACL condition"]),
    (["$domain"], ["domain: variable"]),
    (["${lc:"], ["lc: expansion operator"]),
    (["smtp_banner="], ["smtp_banner: main option"]),
    (["control = freeze/no_tell"], ["freeze: control"]),
    (["no_queue_only"], ["queue_only: main option"]),
    (["directory"], ["directory: option of the appendfile transport", "directory: option of the queuefile transport"]),
    (["acl_m_x", "$acl_m_x"], ["acl_m*: variable"]),
    (["_OPT_MAIN_TIMEZONE"], ["_OPT_MAIN_TIMEZONE: built-in macro"]),
    (["$nosuch_but", "redirect"], ["redirect: router driver"]),
]


@pytest.mark.parametrize(("arguments", "titles"), TITLES)
def test_titles(arguments: list[str], titles: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run(arguments)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == titles


PROBLEMS = [
    (["ratelimt"], 1, 'nothing is called ratelimt; did you mean "ratelimit"?'),
    (["$sender_hlo_name"], 1, 'nothing is called $sender_hlo_name; did you mean "sender_helo_name"?'),
    (["xyzzyplugh"], 1, "nothing is called xyzzyplugh"),
    (["EX101"], 1, "EX101 is a code of findings: exim-conf check --explain EX101"),
    (["headerwrap", "--target", "4.96"], 1, "Exim 4.96 does not have headerwrap: known since 4.97"),
    (["--target", "4.100", "drop_cr"], 1, "Exim 4.100 does not have drop_cr: known from before 4.80, gone with 4.100-dev"),
    (["acl_data_smtp_prdr", "--target", "4.83"], 1, "known in no release, only in the papers or sources of 4.83"),
    (["domain", "--target", "5"], 2, '"5" is no version of Exim'),
    (["domain", "--target", "4.50"], 2, "versions from 4.80"),
    ([], 2, "no NAME given"),
    (["--list", "contols"], 2, 'contols is no kind; did you mean "controls"?'),
    (["domain", "--list", "controls"], 2, "--list takes no NAME"),
    ([""], 1, "nothing is called"),
    (["\x00{"], 1, "nothing is called"),
]


@pytest.mark.parametrize(("arguments", "status", "message"), PROBLEMS)
def test_problems(arguments: list[str], status: int, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == status
    assert message in capsys.readouterr().err


def test_old_name_shows_its_new_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["proxy_required_hosts"]) == 0
    out = capsys.readouterr().out
    assert "known           from 4.83, gone with 4.87\n" in out
    assert "new name        hosts_proxy\n" in out


def test_target_changes_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["remote_max_parallel", "--target", "4.96"]) == 0
    assert "default         2\n" in capsys.readouterr().out
    assert run(["remote_max_parallel"]) == 0
    assert "default         6\n" in capsys.readouterr().out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--json", "hosts_try_dane", "$domain"]) == 0
    option, variable = json.loads(capsys.readouterr().out)
    assert option["kind"] == "option of the smtp transport"
    assert option["default"] == "*"
    assert option["since"] == "4.85"
    assert "hosts_require_dane" in option["related"]
    assert variable["tainted"] is True
    assert variable["default"] is None


def test_list_of_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "items                    29  Expansion items" in lines


@pytest.mark.parametrize(("target", "there"), [("4.96", False), ("4.98", True)])
def test_list_of_a_kind(target: str, there: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--list", "operators", "--target", target]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert "lc" in names
    assert ("xtextd" in names) is there


def test_list_names_the_driver(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--list", "transport-options", "--json"]) == 0
    objects = json.loads(capsys.readouterr().out)
    assert "option of the smtp transport" in {one["kind"] for one in objects}
    assert run(["--list", "transport-options"]) == 0
    assert "directory (queuefile)" in capsys.readouterr().out


def test_color(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["+pid", "--color", "always"]) == 0
    assert capsys.readouterr().out.startswith("\x1b[1mpid\x1b[0m: log selector\n")
    assert run(["+pid"]) == 0
    assert "\x1b" not in capsys.readouterr().out
