"""``exim-conf check --fix`` and ``--diff``: what is written, how, and what is not."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from eximconf.cli.check import run

OLD = "return_size_limit = 10K\r\n# caf\xe9\r\n"
NEW = "bounce_" + OLD


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    path = tmp_path / "exim.conf"
    path.write_bytes(OLD.encode("latin-1"))
    return path


def octets(path: Path) -> str:
    return path.read_bytes().decode("latin-1")


def test_fix(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.chmod(conf, 0o640)
    assert run(["--fix", str(conf)]) == 0
    assert octets(conf) == NEW
    assert stat.S_IMODE(conf.stat().st_mode) == 0o640
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"{conf}: 1 finding fixed\n"
    assert sorted(path.name for path in conf.parent.iterdir()) == ["exim.conf"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_owner_stays(conf: Path) -> None:
    os.chown(conf, 12345, 23456)
    assert run(["--fix", str(conf)]) == 0
    assert (conf.stat().st_uid, conf.stat().st_gid) == (12345, 23456)


def test_unsafe_fixes_are_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c"
    path.write_text("acl_smtp_rcpt = chek\nbegin acl\ncheck:\n  accept\n")
    assert run(["--fix", str(path)]) == 1
    assert capsys.readouterr().err == "1 can be fixed with --fix --unsafe-fixes (look at them first)\n"
    assert "chek" in path.read_text()
    assert run(["--fix", "--unsafe-fixes", str(path)]) == 0
    assert path.read_text() == "acl_smtp_rcpt = check\nbegin acl\ncheck:\n  accept\n"


def test_included_files_are_mended(tmp_path: Path) -> None:
    main, part = tmp_path / "c.conf", tmp_path / "part"
    main.write_text(f".include {part}\n")
    part.write_text("return_size_limit = 10K")
    assert run(["--fix", str(main)]) == 0
    assert part.read_text() == "bounce_return_size_limit = 10K"
    assert main.read_text() == f".include {part}\n"


def test_split_layout_is_mended(tmp_path: Path) -> None:
    (tmp_path / "update-exim4.conf.conf").write_text("dc_use_split_config='true'\n")
    for section in ("main", "acl", "router", "transport", "retry", "rewrite", "auth"):
        (tmp_path / "conf.d" / section).mkdir(parents=True)
    part = tmp_path / "conf.d" / "main" / "01_main"
    part.write_text("# mine\nreturn_size_limit = 10K\n")
    assert run(["--fix", str(tmp_path)]) == 0
    assert part.read_text() == "# mine\nbounce_return_size_limit = 10K\n"


def test_symbolic_link_stays_a_link(tmp_path: Path, conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = tmp_path / "folder" / "link.conf"
    link.parent.mkdir()
    link.symlink_to("../exim.conf")
    assert run(["--fix", str(link)]) == 0
    assert link.is_symlink()
    assert octets(conf) == NEW
    assert capsys.readouterr().err == f"{link}, which leads to {conf}: 1 finding fixed\n"


def test_hard_links_are_left_alone(tmp_path: Path, conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.link(conf, tmp_path / "other")
    assert run(["--fix", str(conf)]) == 1
    assert octets(conf) == OLD
    assert "it has 2 hard links" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_cannot_be_written(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.chmod(conf.parent, 0o500)
    try:
        assert run(["--fix", str(conf)]) == 1
    finally:
        os.chmod(conf.parent, 0o700)
    assert octets(conf) == OLD
    assert "is left as it is: Permission denied" in capsys.readouterr().err


@pytest.mark.parametrize("step", ["replace", "fsync", "fchmod"])
def test_nothing_is_left_behind_by_a_failure(
    conf: Path, step: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fails)
    assert run(["--fix", str(conf)]) == 1
    assert octets(conf) == OLD
    assert [path.name for path in conf.parent.iterdir()] == ["exim.conf"]
    assert capsys.readouterr().err == f"not written: {conf} is left as it is: No space left on device\n"


def test_file_that_changed_meanwhile(conf: Path) -> None:
    from eximconf.cli.arguments import Usage
    from eximconf.cli.replacing import replace_file

    with pytest.raises(Usage, match="it was changed meanwhile"):
        replace_file(str(conf), "something else", "new")
    assert octets(conf) == OLD


def command(*argv: object, folder: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    line = [sys.executable, "-m", "eximconf", "check", *map(str, argv)]
    return subprocess.run(line, cwd=folder, input=given, capture_output=True, timeout=60)


@pytest.mark.parametrize(
    ("given", "expected"), [(OLD, NEW), ("", ""), ("primary_hostname = a.example", None)]
)
def test_standard_input(tmp_path: Path, given: str, expected: str | None) -> None:
    """The text goes to standard output, findings to standard error."""
    done = command("--fix", "-", folder=tmp_path, given=given.encode("latin-1"))
    assert done.returncode == 0
    assert done.stdout.decode("latin-1") == (given if expected is None else expected)


def test_standard_input_with_findings(tmp_path: Path) -> None:
    done = command(
        "--fix", "--format", "concise", "-", folder=tmp_path, given=b"foo = 1\nreturn_size_limit = 1K\n"
    )
    assert done.returncode == 1
    assert done.stdout == b"foo = 1\nbounce_return_size_limit = 1K\n"
    assert done.stderr.startswith(b"<stdin>:1:1: error[EX101 ")


def test_diff_is_a_patch(conf: Path, tmp_path: Path) -> None:
    """What ``patch`` makes of it is what --fix writes."""
    done = command("--diff", "exim.conf", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr == b"1 finding would be fixed\n"
    assert done.stdout.decode("latin-1") == (
        "--- exim.conf\n+++ exim.conf\n@@ -1,2 +1,2 @@\n-return_size_limit = 10K\r\n"
        "+bounce_return_size_limit = 10K\r\n # caf\xe9\r\n"
    )
    assert octets(conf) == OLD


def test_diff_in_the_docs(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "check.md").read_text(encoding="utf-8")
    (tmp_path / "exim.conf").write_text("return_size_limit = 10K\nacl_smtp_rcpt = check\nbegin acl\n")
    printed = command("--diff", "exim.conf", folder=tmp_path).stdout.decode()
    assert f"$ exim-conf check --diff exim.conf\n{printed}```\n" in page


def test_diff_of_nothing(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--fix", str(conf)]) == 0
    capsys.readouterr()
    assert run(["--diff", str(conf)]) == 0
    assert capsys.readouterr().out == ""


def test_diff_hides_what_is_hidden(tmp_path: Path) -> None:
    path = tmp_path / "c"
    path.write_text("hide mysql_servers = h/d/u/secret\nreturn_size_limit = 10K\n")
    done = command("--diff", "c", folder=tmp_path)
    assert b"secret" not in done.stdout
    assert b" hide mysql_servers =<hidden>\n" in done.stdout


def test_ignored_findings_are_not_mended(conf: Path) -> None:
    assert run(["--fix", "--ignore", "EX702", str(conf)]) == 0
    assert octets(conf) == OLD


@pytest.mark.parametrize(
    "argv", [["--fix", "--diff"], ["--unsafe-fixes"], ["--fix", "--watch"], ["--fix", "--write-baseline"]]
)
def test_clashes(argv: list[str], conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*argv, str(conf)]) == 2
    assert capsys.readouterr().err.startswith("exim-conf check: --")
    assert octets(conf) == OLD


SESSION = """\
+++
config = "exim.conf"
client = "192.0.2.7:49152"
+++
< 220
> EHLO client.example
< 250
> MAIL FROM:<a@client.example>
< 250
> RCPT TO:<b@here.example>
< 250 not encrypted
> QUIT
< 221
"""


def test_sessions_have_the_same_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from eximconf.cli.test import run as play

    path = tmp_path / "exim.conf"
    path.write_text(
        "primary_hostname = h.example\nreturn_size_limit = 10K\nacl_smtp_rcpt = check\nSTATE = ${if eq{$tls_cipher}{}{not }}\n"
        "begin acl\ncheck:\n  accept message = STATEencrypted\n"
    )
    (tmp_path / "a.smtp").write_text(SESSION)
    before = path.read_text()
    assert play([str(tmp_path / "a.smtp")]) == 0
    assert run(["--fix", str(path)]) == 0
    assert path.read_text() == before.replace("return_size", "bounce_return_size").replace(
        "$tls_cipher", "$tls_in_cipher"
    )
    assert play([str(tmp_path / "a.smtp")]) == 0
