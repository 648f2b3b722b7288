"""``exim-conf.toml``: where it is found, what it says, and what is wrong in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eximconf.cli.check import run
from eximconf.cli.settings.finding import settings_file
from eximconf.cli.settings.patterns import fits, found_under
from eximconf.cli.settings.reading import Settings, read_settings
from eximconf.cli.settings.schema import SCHEMA
from eximconf.lint.rules import RULES
from eximconf.source.diagnostic import Severity

DOCS = Path(__file__).resolve().parents[2] / "docs"
EVERYTHING = """\
target = "4.98"
files = ["exim.conf", "conf.d/*.conf"]
exclude = ["generated/**"]
select = ["EX1", "unused-macro"]
ignore = ["EX604"]
fail-on = "error"
baseline = "known.json"

[define]
SITE = "a.example"

[severity]
EX6 = "warning"
unused-macro = "error"

[per-file-ignores]
"local/*.conf" = ["EX101"]
"""


def read(text: str) -> Settings:
    settings, found = read_settings("/p/exim-conf.toml", text, RULES)
    assert found == []
    return settings


def test_everything() -> None:
    settings = read(EVERYTHING)
    assert settings == Settings(
        path="/p/exim-conf.toml", folder="/p", target="4.98", files=("exim.conf", "conf.d/*.conf"),
        exclude=("generated/**",), select=("EX1", "unused-macro"), ignore=("EX604",), fail_on="error",
        baseline="/p/known.json", define={"SITE": "a.example"},
        severity=(("EX6", Severity.WARNING), ("unused-macro", Severity.ERROR)),
        per_file_ignores=(("local/*.conf", ("EX101",)),),
    )  # fmt: skip
    assert settings.excludes("/p/generated/a/b.conf")
    assert settings.ignored_in("/p/local/x.conf") == ("EX101",)
    assert settings.ignored_in("/p/x.conf") == ()


def test_nothing() -> None:
    assert read("") == Settings(path="/p/exim-conf.toml", folder="/p")


FAULTS = [
    ('tagret = "4.98"\n', 1, 1, '"tagret"', "did you mean target?"),
    ("target = 4.98\n", 1, 1, "target: this is a string", ""),
    ('target = "5.0"\n', 1, 1, "target: ", ""),
    ('target = "4.200"\n', 1, 1, "versions from 4.80 to", ""),
    ('\n\nselect = ["EX101", "EXX"]\n', 3, 1, 'select: no rule has the code, prefix or name "EXX"', ""),
    ('ignore = ["unused-marco"]\n', 1, 1, "ignore: ", 'did you mean "unused-macro"?'),
    ('[severity]\nEX101 = "fatal"\n', 2, 1, "severity.EX101: this is one of info, warning, error", ""),
    ('[severity]\nEX1O1 = "error"\n', 2, 1, "severity: no rule", ""),
    ('[per-file-ignores]\n"*.conf" = ["EXY"]\n', 2, 1, 'no rule has the code, prefix or name "EXY"', ""),
    ('fail-on = "warnings"\n', 1, 1, "fail-on: this is one of", "did you mean warning?"),
    ('files = "exim.conf"\n', 1, 1, "files: this is an array", ""),
    ('[define]\nsite = "x"\n', 1, 2, '"site=x" does not define a macro', ""),
    ("a = \n", 1, 5, "", ""),
    ("\xff = 1\n", 1, 1, "TOML is UTF-8", ""),
]


@pytest.mark.parametrize(("text", "line", "column", "message", "more"), FAULTS)
def test_faults(text: str, line: int, column: int, message: str, more: str) -> None:
    _, found = read_settings("exim-conf.toml", text, RULES)
    (diagnostic,) = found
    assert diagnostic.location is not None
    assert (diagnostic.location.line, diagnostic.location.column) == (line, column)
    assert message in diagnostic.message
    assert more in diagnostic.message


def test_fault_as_a_person_sees_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "exim-conf.toml").write_text('fail-on = "eror"\n')
    (tmp_path / "c.conf").write_text("")
    assert run([str(tmp_path / "c.conf")]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"exim-conf check: {tmp_path}/exim-conf.toml is not right\n")
    assert "  1 | fail-on" in error


def test_schema_is_in_the_docs() -> None:
    text = json.dumps(SCHEMA, indent=2, ensure_ascii=False) + "\n"
    assert (DOCS / "exim-conf-schema.json").read_text(encoding="utf-8") == text


def test_settings_in_the_docs() -> None:
    page = (DOCS / "check.md").read_text(encoding="utf-8")
    read(page.partition("```toml\n")[2].partition("```")[0])


def test_docs_name_every_key() -> None:
    page = (DOCS / "check.md").read_text(encoding="utf-8")
    assert [key for key in SCHEMA["properties"] if f"`{key}`" not in page and f"[{key}]" not in page] == []


PATTERNS = [
    ("a/b/x.conf", "*.conf", True),
    ("a/b/x.conf", "b", True),
    ("a/b/x.conf", "a/*.conf", False),
    ("a/b/x.conf", "a/**", True),
    ("a/b/x.conf", "a/**/x.conf", True),
    ("a/x.conf", "a/**/x.conf", True),
    ("a/b/x.conf", "a/b/", True),
    ("a/b/x.conf", "a", True),
    ("a/b/x.conf", "b/x.conf", False),
    ("x.conf", "?.conf", True),
    ("x.conf", "[xy].conf", True),
    ("x.conf", "[!xy].conf", False),
    ("[x.conf", "[x.conf", True),
    ("x1.conf", "x[", False),
]


@pytest.mark.parametrize(("path", "pattern", "expected"), PATTERNS)
def test_patterns(path: str, pattern: str, expected: bool) -> None:
    assert fits(path, pattern) is expected


def test_found_under(tmp_path: Path) -> None:
    for name in ("b.conf", "a.conf", "x/c.conf", ".git/d.conf", "e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert list(found_under(str(tmp_path), "*.conf")) == [
        str(tmp_path / name) for name in ("a.conf", "b.conf", "x/c.conf")
    ]
    assert list(found_under(str(tmp_path), "gone.conf")) == [str(tmp_path / "gone.conf")]


def test_found_above_up_to_the_repository(tmp_path: Path) -> None:
    deep = tmp_path / "repository" / "etc" / "exim"
    deep.mkdir(parents=True)
    (tmp_path / "exim-conf.toml").touch()
    assert settings_file(str(deep)) == str(tmp_path / "exim-conf.toml")
    (tmp_path / "repository" / ".git").mkdir()
    assert settings_file(str(deep)) == ""
    (tmp_path / "repository" / "exim-conf.toml").touch()
    assert settings_file(str(deep)) == str(tmp_path / "repository" / "exim-conf.toml")
    (deep / "exim-conf.toml").touch()
    assert settings_file(str(deep)) == str(deep / "exim-conf.toml")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "exim.conf").write_text(
        "OTHER = x\nacl_smtp_rcp = a\n.ifdef SITE\nreturn_size_limit = 10K\n.endif\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def codes(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.partition("[")[2][:5] for line in capsys.readouterr().out.splitlines()]


RUNS = [
    ("", [], ["EX604", "EX101"], 1),
    ('ignore = ["EX604"]\n', [], ["EX101"], 1),
    ('select = ["EX604"]\n', [], ["EX604"], 0),
    ('select = ["EX604"]\n', ["--select", "EX1"], ["EX101"], 1),
    ('ignore = ["EX604"]\n', ["--ignore", "EX1"], [], 0),
    ('ignore = ["EX604"]\n', ["--no-config"], ["EX604", "EX101"], 1),
    ('[define]\nSITE = "x"\n', [], ["EX604", "EX101", "EX702"], 1),
    ('[severity]\nEX101 = "info"\n', [], ["EX604", "EX101"], 0),
    ('[severity]\nall = "info"\nEX1 = "warning"\nunknown-option = "info"\n', [], ["EX604", "EX101"], 0),
    ('[severity]\nEX604 = "error"\n', ["--severity", "error"], ["EX604", "EX101"], 1),
    ('fail-on = "never"\n', [], ["EX604", "EX101"], 0),
    ('fail-on = "never"\n', ["--fail-on", "error"], ["EX604", "EX101"], 1),
    ('ignore = ["EX101"]\nfail-on = "info"\n', [], ["EX604"], 1),
    ('[per-file-ignores]\n"exim.*" = ["EX101"]\n', [], ["EX604"], 0),
    ('exclude = ["exim.conf"]\n', [], [], 0),
    ('target = "4.84"\n', ["--select", "EX1"], ["EX101"], 1),
]


@pytest.mark.parametrize(("toml", "argv", "expected", "status"), RUNS)
def test_runs(
    project: Path,
    toml: str,
    argv: list[str],
    expected: list[str],
    status: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (project / "exim-conf.toml").write_text(toml)
    assert run(["--format", "concise", *argv, "exim.conf"]) == status
    assert codes(capsys) == expected


def test_files_of_the_settings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    (project / "exim-conf.toml").write_text('files = ["*.conf"]\n')
    assert run(["--format", "concise"]) == 1
    assert "exim.conf:2:1: error[EX101" in capsys.readouterr().out
    (project / "exim-conf.toml").write_text('files = ["*.cfg"]\n')
    assert run([]) == 2
    assert "no file fits files in exim-conf.toml" in capsys.readouterr().err


def test_named_settings(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = project / "other.toml"
    other.write_text('ignore = ["EX"]\n')
    assert run(["--config-file", str(other), "exim.conf"]) == 0
    assert run(["--config-file", "gone.toml", "exim.conf"]) == 2
    assert run(["--config-file", str(other), "--no-config", "exim.conf"]) == 2


def test_each_configuration_has_its_own(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "inner").mkdir()
    (project / "inner" / "exim-conf.toml").write_text('select = ["EX604"]\n')
    (project / "inner" / "b.conf").write_text("AB = 1\nfoo = 1\n")
    assert run(["--format", "concise", "exim.conf", "inner/b.conf"]) == 1
    assert codes(capsys) == ["EX604", "EX101", "EX604"]
