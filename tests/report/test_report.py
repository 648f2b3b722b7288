"""Reports of the same few findings in every format."""

from __future__ import annotations

import json

import pytest

from eximconf.report import FORMATS, render
from eximconf.report.display import count, visible, width
from eximconf.report.place import place_of
from eximconf.source.diagnostic import Diagnostic, Edit, Fix, Label, Severity
from eximconf.source.text import Location, SourceFile


def octets(text: str) -> str:
    return text.encode().decode("latin-1")


FILE = SourceFile("exim.conf", octets("# über\n\tmessage = Grüße $nam 漢字 $x\nhide mysql_servers = a/b/c/secret\n"))


def at(text: str) -> Location:
    start = FILE.text.index(octets(text))
    return Location(FILE, start, start + len(octets(text)))


def finding(place: Location | None, **more: object) -> Diagnostic:
    return Diagnostic("EX201", "unknown-variable", Severity.ERROR, 'unknown variable "nam"', place, **more)  # type: ignore[arg-type]


def test_text_shows_line_and_carets_under_what_a_person_sees() -> None:
    lines = render("text", [finding(at("$nam"), notes=('did you mean "name"?',))]).splitlines()
    assert lines == [
        'exim.conf:2:18: error[EX201 unknown-variable] unknown variable "nam"',
        "  2 |     message = Grüße $nam 漢字 $x",
        "    |                     ^^^^",
        '  note: did you mean "name"?',
        "",
        "1 error",
    ]


def test_wide_characters_take_two_cells() -> None:
    carets = render("text", [finding(at("$x"))]).splitlines()[2]
    assert carets == "    |                          " + " " * 5 + "^^"


def test_labels_and_fix() -> None:
    label = Label(at("über"), "expanded from macro NAME")
    fix = Fix('write "$name"', (Edit(at("$nam"), "$name"),), safe=False)
    text = render("text", [finding(at("$nam"), labels=(label,), fix=fix)])
    assert "  exim.conf:1:3: expanded from macro NAME\n    1 | # über\n      |   ^^^^\n" in text
    assert '  fix: write "$name" (look at it first)\n' in text


def test_hidden_values_are_not_shown() -> None:
    text = render("text", [finding(at("secret"))])
    assert "secret" not in text
    assert "hide mysql_servers =<hidden>" in text


def test_control_characters_are_made_visible() -> None:
    file = SourceFile("a\x1b[31mb", "x = \x1b[2J\x07\xff" + octets("\u202e\x85") + "\n")
    text = render("text", [Diagnostic("EX1", "n", Severity.INFO, "bell\x07\nline", Location(file, 0, 1))])
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\\xff\\u202e\\x85" in text
    assert "bell␇␊line" in text


def test_colour_only_when_asked_for() -> None:
    assert "\x1b[" not in render("text", [finding(at("$nam"))])
    assert "\x1b[1;31merror" in render("text", [finding(at("$nam"))], color=True)


@pytest.mark.parametrize("format", FORMATS)
def test_no_place(format: str) -> None:
    assert "EX201" in render(format, [finding(None)])


def test_json_objects() -> None:
    fix = Fix("t", (Edit(at("$nam"), "$name"),))
    (found,) = json.loads(render("json", [finding(at("$nam"), notes=("n",), fix=fix)]))
    assert list(found) == [
        "code", "name", "severity", "message", "file", "line", "column", "end_line", "end_column", "notes", "fix",
    ]  # fmt: skip
    assert (found["severity"], found["line"], found["column"], found["end_column"]) == ("error", 2, 18, 22)
    assert found["fix"]["edits"][0]["text"] == "$name"


def test_json_of_nothing_is_an_empty_list() -> None:
    assert json.loads(render("json", [])) == []


def test_sarif() -> None:
    label = Label(at("über"), "here")
    found = [finding(at("$nam"), labels=(label,))]
    data = json.loads(render("sarif", found, descriptions={"EX201": "A variable."}, texts={"EX201": "More *of* it."}))
    (run,) = data["runs"]
    assert data["version"] == "2.1.0"
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"]["rules"][0]["shortDescription"] == {"text": "A variable."}
    assert run["tool"]["driver"]["rules"][0]["help"]["markdown"] == "More *of* it."
    (result,) = run["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "exim.conf"}
    assert physical["region"] == {"startLine": 2, "startColumn": 18, "endLine": 2, "endColumn": 22}
    assert result["relatedLocations"][0]["message"] == {"text": "here"}


REQUIRED = {
    "runs": {"tool"}, "tool": {"driver"}, "driver": {"name"}, "rules": {"id"}, "results": {"message"},
    "message": {"text"}, "description": {"text"}, "shortDescription": {"text"}, "fixes": {"artifactChanges"},
    "artifactChanges": {"artifactLocation", "replacements"}, "replacements": {"deletedRegion"},
}  # fmt: skip
"""Properties that the schema of SARIF 2.1.0 requires of the objects under each name."""


def faults_of_sarif(value: object, name: str = "") -> list[str]:
    """What is missing, empty or too small, anywhere in *value*."""
    if isinstance(value, list):
        empty = [f"{name} is empty"] if not value and name in ("artifactChanges", "replacements") else []
        return empty + [fault for item in value for fault in faults_of_sarif(item, name)]
    if isinstance(value, dict):
        missing = [f"{name} lacks {key}" for key in REQUIRED.get(name, set()) - value.keys()]
        return missing + [fault for key, inner in value.items() for fault in faults_of_sarif(inner, key)]
    return [f"{name} is {value}"] if isinstance(value, int) and value < 1 and name != "ruleIndex" else []


def test_sarif_has_what_its_schema_requires() -> None:
    fixes = (None, Fix("t", ()), Fix("t", (Edit(at("$nam"), "$name"), Edit(at("$x"), "$y"))))
    found = [finding(place, fix=fix) for place in (None, at("$nam"), Location(FILE, 0, 0)) for fix in fixes]
    assert faults_of_sarif(json.loads(render("sarif", found))) == []


def test_github_escapes() -> None:
    found = Diagnostic("EX1", "n", Severity.WARNING, "100% a", at("$nam"))
    line = render("github", [found])
    assert line == "::warning file=exim.conf,line=2,col=18,title=EX1 n,endLine=2,endColumn=22::100%25 a\n"


def test_gitlab() -> None:
    found = Diagnostic("EX1", "n", Severity.WARNING, "m", at("$nam"))
    issues = json.loads(render("gitlab", [found, found, Diagnostic("EX2", "n", Severity.ERROR, "m", None)]))
    place, nowhere = {"path": "exim.conf", "lines": {"begin": 2}}, {"path": ".", "lines": {"begin": 1}}
    assert [issue["location"] for issue in issues] == [place, place, nowhere]
    assert [issue["check_name"] for issue in issues] == ["EX1 n", "EX1 n", "EX2 n"]
    assert [issue["severity"] for issue in issues] == ["major", "major", "critical"]
    assert len({issue["fingerprint"] for issue in issues}) == 3


def test_sarif_fingerprints_and_flow() -> None:
    steps = (Label(at("über"), "it comes in here", True), Label(at("$nam"), "by the way"))
    results = json.loads(render("sarif", [finding(at("$nam"), labels=steps), finding(at("$nam"))]))["runs"][0]["results"]
    marks = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    assert [mark.partition(":")[2] for mark in marks] == ["1", "2"]
    assert marks[0][:32] == marks[1][:32]
    (flow,) = results[0]["codeFlows"]
    (thread,) = flow["threadFlows"]
    texts = [step["location"]["message"]["text"] for step in thread["locations"]]
    assert texts == ["it comes in here", results[0]["message"]["text"]]
    assert "codeFlows" not in results[1]


def test_unknown_format() -> None:
    with pytest.raises(ValueError, match="no report format"):
        render("yaml", [])


@pytest.mark.parametrize(
    ("text", "seen", "cells"), [("abc", 3, 3), ("ü", 1, 1), ("漢", 1, 2), ("e\u0301", 1, 1), ("\t", 1, 4)]
)
def test_counts(text: str, seen: int, cells: int) -> None:
    assert (count(octets(text)), width(octets(text))) == (seen, cells)


def test_place_of_a_point() -> None:
    assert place_of(Location(FILE, 0, 0)) == ("exim.conf", 1, 1, 1, 1)


def test_octets_that_are_no_utf8() -> None:
    assert visible("a\xffb") == "a\\xffb"
    assert count("a\xffb") == 3
