"""Coverage: what is counted, what is missing, and the reports of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from eximconf.replay.coverage import Counts, Kind, by_acl, gaps, merge, score
from eximconf.replay.suite import Plan, run_sessions
from eximconf.report.coverage import render

CONFIGURATION = """\
primary_hostname = mx.example.net
hide pgsql_servers = localhost/db/me/hunter2hunter2
acl_smtp_rcpt = check
acl_smtp_mail = accept senders = a@b.example
begin acl
check:
  deny    local_parts = x : y
          message     = never
          condition   = ${if eq{$domain}{here.example}}
  warn    domains     = !other.example
          set acl_m_x = yes
  accept  condition   = ${lookup testdb{defer}}
  accept
unused:
  deny    hosts = *
"""
SESSION = """\
> EHLO x
> MAIL FROM:<a@b.example>
> RCPT TO:<x@here.example>
< 550
> RCPT TO:<x@other.example>
< 451
> RCPT TO:<ann@here.example>
< 451
"""


@pytest.fixture
def counts(tmp_path: Path) -> Counts:
    (tmp_path / "exim.conf").write_text(CONFIGURATION)
    for number in (1, 2):
        (tmp_path / f"{number}.smtp").write_text(SESSION)
    plan = Plan(str(tmp_path / "exim.conf"), covers=True)
    found: Counts = {}
    for result in run_sessions([str(tmp_path / f"{number}.smtp") for number in (1, 2)], plan, 2):
        assert result is not None
        assert result.good, result
        merge(found, result.coverage)
    return found


def test_counts(counts: Counts) -> None:
    found = {(unit.line, unit.text): tuple(tally) for unit, tally in counts.items() if unit.acl}
    assert found == {
        (7, "deny"): (2, 4, 0, 0),
        (7, "local_parts = x : y"): (4, 2, 0, 0),
        (9, "condition = ${if eq{$domain}{here.example}}"): (2, 2, 0, 0),
        (10, "warn"): (2, 2, 0, 0),
        (10, "domains = !other.example"): (2, 2, 0, 0),
        (11, "set acl_m_x = yes"): (2, 0, 0, 0),
        (12, "accept"): (0, 0, 4, 0),
        (12, "condition = ${lookup testdb{defer}}"): (0, 0, 4, 0),
        (13, "accept"): (0, 0, 0, 0),
        (15, "deny"): (0, 0, 0, 0),
        (15, "hosts = *"): (0, 0, 0, 0),
    }
    inline = [unit for unit in counts if not unit.acl]
    assert {(unit.line, unit.kind) for unit in inline} == {(4, Kind.STATEMENT), (4, Kind.CONDITION)}


def test_score_and_gaps(counts: Counts) -> None:
    assert score(by_acl(counts)["check"]) == (4 + 6 + 1 - 1, 4 + 8 + 1)
    assert score({}).percent == 100.0
    assert [(unit.line, how) for unit, how in gaps(by_acl(counts)["check"])] == [(12, "never true"), (13, "never reached")]
    assert [(unit.line, how) for unit, how in gaps(by_acl(counts)["unused"])] == [(15, "never reached")]


def test_text(counts: Counts) -> None:
    text = render("text", counts)
    assert re.search(r"^  check +76\.9 %  3/4 statements reached, 6/8 outcomes of conditions$", text, re.MULTILINE)
    assert re.search(r"exim\.conf:12: +condition = \$\{lookup testdb\{defer\}\}: never true$", text, re.MULTILINE)


def test_lcov(counts: Counts, tmp_path: Path) -> None:
    lines = render("lcov", counts).splitlines()
    assert f"SF:{tmp_path / 'exim.conf'}" in lines
    assert {"FN:7,check", "FNDA:6,check", "FNDA:0,unused", "DA:7,6", "DA:13,0", "BRDA:7,0,0,4", "BRDA:7,0,1,2"} <= set(lines)
    assert {"BRDA:15,0,0,-", "LF:8", "LH:6"} <= set(lines)
    assert lines[-1] == "end_of_record"


def test_html(counts: Counts) -> None:
    page = render("html", counts)
    open_tags: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag != "meta":
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Checker().feed(page)
    assert open_tags == []
    assert not re.search(r"(?:src|href)=\"(?!#)", page)  # nothing that lies elsewhere
    assert "hunter2" not in page
    assert re.search(r'<span class="l none" id="f0l13"><b>not reached</b>', page)
    assert re.search(r'<span class="l part" id="f0l12">', page) is not None
