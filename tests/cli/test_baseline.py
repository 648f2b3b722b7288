"""``--baseline``, ``--write-baseline``, ``--statistics``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eximconf.cli.check import run

TEXT = "foo = 1\nbegin acl\na:\n  deny  sender = x\n  deny  sender = x\n"


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    path = tmp_path / "exim.conf"
    path.write_text("begin acl\na:\n  warn logwrite = $nosuch\n  warn logwrite = $nosuch\n  accept\n")
    monkeypatch.chdir(tmp_path)
    return path


def lines(capsys: pytest.CaptureFixture[str]) -> list[int]:
    """The lines of what is reported."""
    return [int(line.split(":")[1]) for line in capsys.readouterr().out.splitlines()]


def check(*argv: str) -> int:
    return run(["--select", "EX201", "--format", "concise", *argv, "exim.conf"])


def test_what_is_known_is_not_reported(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--write-baseline") == 0
    assert capsys.readouterr().err == "2 findings written to exim-conf-baseline.json\n"
    assert check("--baseline", "exim-conf-baseline.json") == 0
    assert lines(capsys) == []


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("# new\n\nbegin acl\na:\n  warn logwrite = $nosuch\n  warn logwrite = $nosuch\n  accept\n", []),
        ("begin acl\na:\n  warn   logwrite = $nosuch\n\twarn logwrite = $nosuch\n", []),
        ("begin acl\na:\n  warn logwrite = $nosuch\n  accept\n", []),
        (
            "begin acl\na:\n  warn logwrite = $nosuch\n  warn logwrite = $nosuch\n  warn logwrite = $nosuch\n",
            [5],
        ),
        ("begin acl\na:\n  warn logwrite = $nosuch2\n  warn logwrite = $nosuch\n", [3]),
        ("begin acl\na:\n  warn logwrite = $nosuch and $nosuch3\n  warn logwrite = $nosuch\n", [3, 3]),
    ],
)
def test_moved_lines(
    conf: Path, text: str, reported: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    """A finding is known again by its rule, its file and the text of its line."""
    check("--write-baseline")
    conf.write_text(text)
    capsys.readouterr()
    assert check("--baseline", "exim-conf-baseline.json") == bool(reported)
    assert lines(capsys) == reported


def test_from_another_folder(
    conf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check("--write-baseline")
    (conf.parent / "inner").mkdir()
    monkeypatch.chdir(conf.parent / "inner")
    capsys.readouterr()
    assert run(["--select", "EX201", "--baseline", "../exim-conf-baseline.json", "../exim.conf"]) == 0


def test_baseline_of_the_settings(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (conf.parent / "exim-conf.toml").write_text('baseline = "known.json"\n')
    (conf.parent / "known.json").write_text('{"version": 1, "findings": []}')
    assert check() == 1
    assert check("--write-baseline") == 0
    assert "known.json" in capsys.readouterr().err
    assert check() == 0


def test_baseline_of_another_folder(
    conf: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (conf.parent / "exim-conf.toml").write_text('baseline = "known.json"\n')
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert run(["--write-baseline", str(conf)]) == 0
    assert run(["--fail-on", "info", str(conf)]) == 0
    assert (conf.parent / "known.json").exists()


def test_what_is_gone_is_told(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check("--write-baseline")
    conf.write_text("begin acl\na:\n  accept\n")
    capsys.readouterr()
    assert run(["--select", "EX201", "--baseline", "exim-conf-baseline.json", "exim.conf"]) == 0
    assert capsys.readouterr().err == "2 of the baseline are gone: --write-baseline takes them out\n"


def test_no_secrets(tmp_path: Path, conf: Path) -> None:
    conf.write_text("hide mysql_servers = h/d/u/secret\nhide mysql_servers = h/d/u/secret\n")
    assert run(["--write-baseline", "exim.conf"]) == 0
    text = (tmp_path / "exim-conf-baseline.json").read_text()
    assert json.loads(text)["findings"]
    assert "secret" not in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 2, "findings": []}',
        '{"version": 1, "findings": 1}',
        "\xff",
        "[" * 99999,
    ],
)
def test_bad_baselines(conf: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (conf.parent / "known.json").write_bytes(text.encode("latin-1"))
    assert check("--baseline", "known.json") == 2
    assert capsys.readouterr().err.startswith("exim-conf check: known.json: ")
    assert check("--baseline", "gone.json") == 2


def test_only_new_findings_are_mended(conf: Path) -> None:
    text = "return_size_limit = 10K\n"
    conf.write_text(text)
    assert run(["--write-baseline", "exim.conf"]) == 0
    assert run(["--fix", "--baseline", "exim-conf-baseline.json", "exim.conf"]) == 0
    assert conf.read_text() == text


def test_statistics(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conf.write_text("return_size_limit = 10K\nAB = 1\nAC = 1\nacl_smtp_rcp = a\n")
    assert run(["--statistics", "exim.conf"]) == 1
    assert capsys.readouterr().out == (
        "2  EX604  info     unused-macro\n"
        "1  EX101  error    unknown-option  (1 with --unsafe-fixes)\n"
        "1  EX702  info     renamed-option  (1 to fix)\n"
        "4  in all\n"
    )
    assert run(["--statistics", "--format", "json", "exim.conf"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert rows[0] == {
        "code": "EX604",
        "name": "unused-macro",
        "severity": "info",
        "number": 2,
        "fixable": 0,
        "safe": 0,
    }
    assert run(["--statistics", "--select", "EX112", "exim.conf"]) == 0
    assert capsys.readouterr().out == ""
