"""``exim-conf check`` as a command: files, directories, options, exit status."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from eximconf.cli.check import run
from eximconf.report import FORMATS

BAD = "acl_smtp_rcp = x\n"
INFO = "AB = 1\n"


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    path = tmp_path / "exim.conf"
    path.write_text(BAD)
    return path


@pytest.mark.parametrize(("text", "status"), [(BAD, 1), (INFO, 0), ("primary_hostname = a.example\n", 0)])
def test_exit_status(tmp_path: Path, text: str, status: int) -> None:
    path = tmp_path / "exim.conf"
    path.write_text(text)
    assert run([str(path)]) == status


def test_concise(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--format", "concise", str(conf)]) == 1
    assert capsys.readouterr().out == (
        f'{conf}:1:1: error[EX101 unknown-option] main option "acl_smtp_rcp" unknown\n'
    )


def test_json(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["--format", "json", str(conf)])
    (found,) = json.loads(capsys.readouterr().out)
    assert found["file"] == str(conf)
    assert found["notes"] == ['did you mean "acl_smtp_rcpt"?']


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["/no/such/file.conf"],
        ["--select", "ZZ9", "x"],
        ["--target", "newest", "x"],
        ["--target", "3.36", "x"],
        ["--target", "9.1", "x"],
        ["-D", "lower=1", "x"],
        ["--explain", "EX999"],
    ],
)
def test_wrong_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) == 2
    assert capsys.readouterr().err.startswith("exim-conf check: ")


def test_unknown_option_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as end:
        run(["--no-such-option"])
    assert end.value.code == 2


def test_macros_of_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "exim.conf"
    path.write_text(".ifdef WITH_FAULT\nfoo = 1\n.endif\n")
    assert run([str(path)]) == 0
    assert run(["-DWITH_FAULT", str(path)]) == 1
    assert run(["-D", "WITH_FAULT=yes", str(path)]) == 1


def test_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "exim.conf"
    path.write_text("acl_smtp_atrn = accept\n")
    assert run([str(path)]) == 0
    assert run(["--target", "4.96", str(path)]) == 1
    assert "EX701" in capsys.readouterr().out


def test_severity_threshold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "exim.conf"
    path.write_text(INFO)
    run(["--severity", "warning", str(path)])
    assert capsys.readouterr().out == ""


def test_directory_of_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "b.conf").write_text(BAD)
    (tmp_path / "a.conf").write_text(BAD)
    (tmp_path / "c.txt").write_text(BAD)
    assert run(["--format", "concise", str(tmp_path)]) == 1
    names = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert names == [str(tmp_path / "a.conf"), str(tmp_path / "b.conf")]


def test_parts_that_a_file_includes_are_checked_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "acl.conf").write_text("check:\n  acept\n")
    (tmp_path / "main.conf").write_text(f"begin acl\n.include {tmp_path}/acl.conf\n")
    assert run(["--format", "concise", "--severity", "error", str(tmp_path)]) == 1
    places = [line.split(": ")[0] for line in capsys.readouterr().out.splitlines()]
    assert places == [f"{tmp_path}/acl.conf:2:3"]


def test_split_layout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "update-exim4.conf.conf").write_text("dc_use_split_config='true'\n")
    for section in ("main", "acl", "router", "transport", "retry", "rewrite", "auth"):
        (tmp_path / "conf.d" / section).mkdir(parents=True)
    (tmp_path / "conf.d" / "main" / "01_main").write_text(BAD)
    assert run(["--format", "concise", str(tmp_path)]) == 1
    assert capsys.readouterr().out.startswith(f"{tmp_path}/conf.d/main/01_main:1:1: error[EX101")


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert run(["--format", "concise", "-"]) == 1
    assert capsys.readouterr().out.startswith("<stdin>:1:1: ")


def test_list_and_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--list-rules"]) == 0
    assert "EX301" in capsys.readouterr().out
    assert run(["--explain", "ex301"]) == 0
    assert "condition-in-wrong-phase" in capsys.readouterr().out


def test_colour(conf: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run([str(conf)])
    assert "\x1b[" not in capsys.readouterr().out
    run(["--color", "always", str(conf)])
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    run([str(conf)])
    assert "\x1b[" not in capsys.readouterr().out


@pytest.mark.parametrize("octets", [b"\0\xff\xfe\x80 = \\\n", bytes(range(256)) * 3, b"", b"begin acl\n\xe9:\n deny \xe9"])
def test_any_octets(tmp_path: Path, octets: bytes) -> None:
    path = tmp_path / "exim.conf"
    path.write_bytes(octets)
    for format in FORMATS:
        assert run(["--format", format, str(path)]) in (0, 1)
