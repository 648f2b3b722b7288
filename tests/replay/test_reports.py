"""Results of sessions as text, JSON, JUnit XML and TAP; hostile titles and octets do no harm."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

import pytest

from eximconf.replay.result import SessionResult
from eximconf.replay.selection import BadExpression, chooser, find_sessions
from eximconf.replay.suite import Plan, run_sessions
from eximconf.report.sessions import render
from eximconf.report.sessions.text import block

CONFIGURATION = "primary_hostname = mx.example.net\nacl_smtp_rcpt = check\nbegin acl\ncheck:\n  deny message = no\\xff <b>\n"
SESSIONS = {
    "good.smtp": "+++\ntitle = 'fine'\n+++\n> NOOP\n< 250\n",
    "bad.smtp": "+++\ntitle = '<b> & \\u0001 \"quotes\" # x'\n+++\n> HELO x\n> MAIL FROM:<>\n> RCPT TO:<a@b>\n< 250 \x1b[31m]]>\n".replace("'<b>", '"<b>').replace("\"quotes\" # x'", "quotes # x\""),
    "lacking.smtp": "+++\nrdns = 'x'\n+++\n> NOOP\n= variable acl_c_x = ${lookup\n< 251\n",
    "broken.smtp": "nonsense\n",
    "open.smtp": "> NOOP\n",
}  # fmt: skip


@pytest.fixture
def results(tmp_path: Path) -> Sequence[SessionResult]:
    (tmp_path / "exim.conf").write_text(CONFIGURATION)
    for name, text in SESSIONS.items():
        (tmp_path / name).write_text(text, encoding="latin-1")
    plan = Plan(str(tmp_path / "exim.conf"))
    return [result for result in run_sessions(list(find_sessions([str(tmp_path)])), plan) if result is not None]


def test_order(results: Sequence[SessionResult]) -> None:
    assert [(Path(one.path).stem, one.status.value) for one in results] == [
        ("bad", "failed"), ("broken", "error"), ("good", "passed"), ("lacking", "failed"), ("open", "recording"),
    ]  # fmt: skip


def test_text(results: Sequence[SessionResult]) -> None:
    text = render("text", results)
    assert text.splitlines()[-1].startswith("2 failed, 1 with errors, 1 passed, 1 replayed without expectations")
    assert "\x1b" not in text
    assert "error[EX801 session-line]" in text
    assert list(block(results[2])) == []


def test_json(results: Sequence[SessionResult]) -> None:
    data = json.loads(render("json", results))
    assert (data["failed"], data["error"], data["passed"], data["recording"]) == (2, 1, 1, 1)
    assert data["sessions"][0]["connections"][0]["steps"][-1]["failures"][0]["got"] == ["< 550 no\ufffd <b>"]
    assert data["sessions"][1]["problems"][0]["line"] == 1


def test_junit(results: Sequence[SessionResult]) -> None:
    root = ElementTree.fromstring(render("junit", results))
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("5", "2", "1")
    assert [case[0].tag if len(case) else "" for case in suite] == ["failure", "error", "", "failure", ""]
    assert "line 7: expected < 250" in str(suite[0][0].get("message"))


def test_tap(results: Sequence[SessionResult]) -> None:
    lines = render("tap", results).splitlines()
    assert lines[:2] == ["TAP version 13", "1..5"]
    points = [line for line in lines if line.startswith(("ok", "not ok"))]
    assert [point.partition(" - ")[0] for point in points] == ["not ok 1", "not ok 2", "ok 3", "not ok 4", "ok 5"]
    assert points[4].endswith("# replayed without expectations")
    assert "#" not in points[0].replace("\\#", "")


def test_unknown_format() -> None:
    with pytest.raises(ValueError, match="no format"):
        render("xml", [])


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("relay", ["relay one", "Relay two"]), ("relay and not two", ["relay one"]), ("(one or three) and not relay", ["three"]),
        ("not relay", ["three"]), ("nothing", []), ("ONE", ["relay one"]),
    ],
)  # fmt: skip
def test_choosing(expression: str, chosen: list[str]) -> None:
    test = chooser(expression)
    assert [text for text in ("relay one", "Relay two", "three") if test(text)] == chosen


@pytest.mark.parametrize("expression", ["and", "a and", "(a", "a)", "not", "a b", ""])
def test_choosing_wrongly(expression: str) -> None:
    with pytest.raises(BadExpression):
        chooser(expression)
