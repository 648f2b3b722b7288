"""Real configurations: what Exim accepts gets no error, what it refuses gets one at the same line.

They are third-party text and not part of this project. ``EXIMCONF_CORPUS`` names a folder of files with an
``index.tsv`` (file, …, exit status and message of 4.100's -bV), ``EXIMCONF_SUITE`` Exim's own test suite, and
``EXIMCONF_DEBIAN`` the configuration files of Debian's package; the first two are looked for in ``../shared``.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from eximconf.lint.checking import Options, check
from eximconf.lint.rules import RULES
from eximconf.report import render
from eximconf.source.diagnostic import Diagnostic, Severity
from eximconf.source.text import SourceFile
from eximconf.syntax.layout import assemble

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CORPUS = Path(os.environ.get("EXIMCONF_CORPUS", SHARED / "corpus"))
SUITE = Path(os.environ.get("EXIMCONF_SUITE", SHARED / "conformance" / "suite")) / "confs"
DEBIAN = Path(os.environ.get("EXIMCONF_DEBIAN", "/etc/exim4"))

ANSWERS = """\
dc_eximconfig_configtype='{kind}'
dc_other_hostnames='mail.example; other.example'
dc_local_interfaces='127.0.0.1 ; ::1'
dc_readhost='example.org'
dc_relay_domains=''
dc_relay_nets=''
dc_smarthost='smtp.example.org'
dc_use_split_config='{split}'
dc_hide_mailname='true'
dc_localdelivery='maildir_home'
"""


def read(path: Path | str) -> str:
    return Path(path).read_bytes().decode("latin-1")


def findings(path: Path) -> list[Diagnostic]:
    return check(SourceFile(str(path), read(path)), read, Options(rules=RULES))


def verdicts() -> Iterator[tuple[str, str, str]]:
    index = CORPUS / "index.tsv"
    if index.exists():
        with index.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                yield row["file"], row["exit-4.100"], row["message-4.100"]


VERDICTS = list(verdicts())
ABOUT_STRANGERS = {"EX341", "EX343", "EX514", "EX519"}
"""Rules whose errors Exim takes: they let in whoever comes. One of the files was written to be attacked."""


@pytest.mark.skipif(not VERDICTS, reason=f"no configurations with their verdicts in {CORPUS}")
@pytest.mark.parametrize(("name", "status", "message"), VERDICTS)
def test_same_verdict_as_exim(name: str, status: str, message: str) -> None:
    found = findings(CORPUS / name)
    errors = [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]
    if status == "0":
        errors = [diagnostic for diagnostic in errors if diagnostic.code not in ABOUT_STRANGERS]
        assert not errors, render("concise", errors)
        return
    line = re.search(r"line (\d+)", message)
    missing = re.search(r"(user|group) \S+ was not found|No such file", message)
    wanted = found if missing else errors
    lines = {diagnostic.location.line for diagnostic in wanted if diagnostic.location}
    assert lines
    assert line is None or int(line[1]) in lines


def test_suite_is_checked_without_a_fault_of_ours() -> None:
    files = sorted(path for path in SUITE.iterdir() if path.is_file()) if SUITE.is_dir() else []
    if not files:
        pytest.skip(f"no configurations in {SUITE}")
    assert sum(len(findings(path)) for path in files) > len(files) / 10


@pytest.mark.skipif(not (DEBIAN / "conf.d").is_dir(), reason=f"no files of Debian's package in {DEBIAN}")
@pytest.mark.parametrize("split", ["true", "false"])
@pytest.mark.parametrize("kind", ["internet", "smarthost", "satellite", "local", "none"])
def test_nothing_about_debians_own_files(kind: str, split: str, tmp_path: Path) -> None:
    folder = tmp_path / "exim4"
    shutil.copytree(DEBIAN, folder, ignore=shutil.ignore_patterns("passwd.client", "*.conf.conf"))
    (folder / "update-exim4.conf.conf").write_text(ANSWERS.format(kind=kind, split=split))
    layout = assemble(str(folder), read, os.listdir)
    assert render("concise", check(layout.source, read, Options(rules=RULES), layout.name)) == ""


@pytest.mark.skipif(not (DEBIAN / "exim4.conf.template").exists(), reason=f"no template in {DEBIAN}")
def test_nothing_about_debians_template() -> None:
    assert render("concise", findings(DEBIAN / "exim4.conf.template")) == ""
