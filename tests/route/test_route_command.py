"""``exim-conf route``: each router that an address meets, as text, JSON and pictures."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from eximconf.cli import main

CONFIGURATION = """\
primary_hostname = mx.example
begin routers
aliases:
  driver = redirect
  domains = here.example
  allow_fail
  data = ${if eq{$local_part}{list}{one@there.example, two@here.example}{:fail: nobody}}
hosts:
  driver = manualroute
  route_list = there.example 192.0.2.1
  transport = smtp
begin transports
smtp:
  driver = smtp
"""


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    file = tmp_path / "exim.conf"
    file.write_text(CONFIGURATION)
    return ["route", "-C", str(file)]


def test_text(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "list@here.example"]) == 2
    lines = [line.partition("    # ")[0] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "list@here.example fails",
        "  list@here.example",
        "    + aliases  accepted -> one@there.example, two@here.example",
        "  one@there.example",
        "    - aliases  skipped: domains mismatch (domains = here.example)",
        "    + hosts    accepted",
        "  two@here.example",
        "    ! aliases  failed: nobody",
        "  => two@here.example failed: nobody",
        "  => one@there.example by router hosts, transport smtp, 192.0.2.1",
    ]


def test_json(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--format", "json", "x@there.example", "@@"]) == 2
    good, bad = json.loads(capsys.readouterr().out)
    assert (good["result"], bad["result"]) == ("ok", "fail")
    assert good["ends"][0]["hosts"] == [{"name": "192.0.2.1", "address": "192.0.2.1", "mx": None, "port": None}]
    assert [step["outcome"] for step in good["steps"]] == ["skipped", "accepted"]
    assert good["steps"][0]["place"].endswith("exim.conf:3:1")
    assert bad["fault"] == "domain missing or malformed"


def test_verifying_stops_at_the_first_problem(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--verify", "list@here.example"]) == 0  # two children: good as it is
    assert main([*command, "--verify", "x@here.example"]) == 2
    assert "=> x@here.example failed: nobody" in capsys.readouterr().out


def test_pictures(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main([*command, "--format", "dot", "list@here.example"])
    assert '"list@here.example" -> "one@there.example" [label="aliases"];' in capsys.readouterr().out
    main([*command, "--format", "mermaid", "list@here.example"])
    assert '-->|"hosts"|' in capsys.readouterr().out
    main([*command, "--format", "svg", "list@here.example"])
    texts = [element.text for element in ElementTree.fromstring(capsys.readouterr().out) if element.text]
    assert texts == [
        "list@here.example", "aliases: one@there.example", "hosts: smtp 192.0.2.1", "aliases: two@here.example",
        "failed: nobody",
    ]  # fmt: skip


def test_trace_shows_lists(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main([*command, "--trace", "x@there.example"])
    assert "there.example in domains? no (end of list)" in capsys.readouterr().out


def test_addresses_without_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Redirection that doubles its addresses ends: a real Exim goes on until its memory does not."""
    file = tmp_path / "exim.conf"
    file.write_text("begin routers\nr:\n  driver = redirect\n  data = a$local_part@x.example, b$local_part@x.example\n")
    assert main(["route", "-C", str(file), "--format", "json", "x@x.example"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert any(end["message"] == "too many addresses" for end in found["ends"])
