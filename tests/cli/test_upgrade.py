"""``exim-conf upgrade`` as a command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eximconf.cli.check import run as check
from eximconf.cli.upgrade import run

TEXT = "proxy_required_hosts = *\nbegin acl\na:\n  warn logwrite = $message_exim_id\n"


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    path = tmp_path / "exim.conf"
    path.write_text(TEXT)
    return path


def test_text(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(["--from", "4.83", "--to", "4.98", "--severity", "warning", "--ignore", "UP300", str(conf)])
        == 1
    )
    assert capsys.readouterr().out == (
        f'{conf}:1:1: error[EX701 option-not-in-version] option "proxy_required_hosts" is unknown to Exim 4.98\n'
        "  1 | proxy_required_hosts = *\n"
        "    | ^^^^^^^^^^^^^^^^^^^^\n"
        "  note: known since 4.83\n"
        "  note: gone since 4.87\n"
        "  note: its new name is hosts_proxy\n"
        '  fix: write "hosts_proxy"\n'
        "\n"
        f"{conf}:4:19: warning[UP200 changed-meaning] $message_exim_id: since 4.97 it has 23 characters\n"
        "  4 |   warn logwrite = $message_exim_id\n"
        "    |                   ^^^^^^^^^^^^^^^^\n"
        "  note: before, it had 16 characters\n"
        "  note: change what takes it apart or stores it in a column of fixed width\n"
        "\n"
        "1 error, 1 warning\n"
    )


def test_text_in_the_docs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "check.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "exim.conf").write_text(
        "begin acl\ncheck:\n  warn    set acl_m_id = ${substr_-6_2:$message_exim_id}\n"
        "  accept  local_parts = lsearch;/etc/exim/$domain\n"
    )
    assert run(["--from", "4.92", "--to", "4.98", "--ignore", "UP300", "exim.conf"]) == 1
    command = "$ exim-conf upgrade --from 4.92 --to 4.98 --ignore UP300 exim.conf\n"
    assert f"{command}{capsys.readouterr().out}```\n" in page


def test_json_of_defaults(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--from", "4.98", "--format", "json", "--select", "UP300", str(conf)]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["file"] is None
    assert found["message"].startswith("remote_max_parallel is not set: since 4.100 ")


@pytest.mark.parametrize("format", ["sarif", "github", "gitlab", "concise"])
def test_formats(conf: Path, format: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--from", "4.83", "--format", format, "--all", str(conf)]) == 1
    assert "proxy_required_hosts" in capsys.readouterr().out


def test_back(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--from", "4.98", "--to", "4.83", "--format", "concise", "--select", "UP2", str(conf)]) == 1
    assert "$message_exim_id: before 4.97 it had 16 characters" in capsys.readouterr().out


def test_fix(conf: Path) -> None:
    assert run(["--from", "4.83", "--fix", "--fail-on", "never", str(conf)]) == 0
    assert conf.read_text() == TEXT.replace("proxy_required_hosts", "hosts_proxy")


def test_version_of_the_settings(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(conf)]) == 2
    assert capsys.readouterr().err == "exim-conf upgrade: --from says which version runs now\n"
    (conf.parent / "exim-conf.toml").write_text('target = "4.98"\n')
    assert run(["--format", "concise", "--select", "UP", str(conf)]) == 0
    assert "remote_max_parallel" in capsys.readouterr().out


def test_rules_of_the_settings(
    conf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is selected is about rules of a check; what is ignored, about both."""
    settings = conf.parent / "exim-conf.toml"
    settings.write_text(
        'target = "4.96"\nfiles = ["exim.conf"]\nselect = ["EX7"]\nignore = ["UP300", "deprecated"]\n'
    )
    monkeypatch.chdir(conf.parent)
    assert run(["--to", "4.98", "--format", "concise"]) == 1
    assert [line.partition("[")[2][:5] for line in capsys.readouterr().out.splitlines()] == [
        "EX701",
        "UP200",
    ]
    assert check(["--format", "concise"]) == 1
    assert capsys.readouterr().out.startswith("exim.conf:1:1: error[EX701")


def test_a_baseline_does_not_count(conf: Path) -> None:
    (conf.parent / "exim-conf.toml").write_text('baseline = "gone.json"\n')
    assert run(["--from", "4.83", str(conf)]) == 1


@pytest.mark.parametrize(
    "argv",
    [
        ["--from", "4.92"],
        ["--from", "3.36", "x"],
        ["--from", "4.92", "--to", "4.92", "x"],
        ["--from", "4.92", "/no/such/file"],
        ["--from", "4.92", "--select", "UP9", "x"],
        ["--from", "4.92", "--fix", "--diff", "x"],
    ],
)
def test_wrong_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) == 2
    assert capsys.readouterr().err.startswith("exim-conf upgrade: ")
