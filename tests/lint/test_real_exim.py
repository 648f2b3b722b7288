"""A real Exim refuses, or stumbles over, each bad example of the rules about what it cannot read. Seen on 4.100-dev and
4.96.

Needs root, as any use of -C does. What a rule only warns of is not asked for, but where Exim has a word for it. All that
rules say beyond that is in their proofs.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from eximconf.catalog.model import NEWEST, OLDEST, version_key
from eximconf.lint.checking import Options, check
from eximconf.lint.rule import Rule
from eximconf.lint.rules import RULES, START_RULES
from eximconf.report.rule_pages import unmarked
from eximconf.source.diagnostic import Severity
from eximconf.source.text import SourceFile

SESSION = b"EHLO x.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nQUIT\r\n"
SILENT = {
    "EX309": "Exim says nothing: the word becomes the key",
    "EX313": "Exim passes over the option",
    "EX404": "shows in a delivery only",
}
UNREADABLE = re.compile("EX(1|20|21|22[0-4]|30|31[0-9]|32[0-2]|40|502)")
"""The codes of the rules about what Exim cannot read."""
WORDS_FOR_WARNINGS = {
    "EX220": "servers defined|perl_startup|absolute file name expected",
    "EX222": "failed to open",
    "EX223": "[Tt]ainted",
    "EX224": "not properly quoted",
    "EX319": "Sender verify failed",
    "EX502": "regular expression error",
}
SINCE = {"EX211": "4.99"}
"""Until then Exim passes over it."""
FAULT = r"^451 |failed to expand|error in ACL|not a known|unknown|regular expression error"


def no_files(path: str) -> str:
    raise FileNotFoundError(path)


def severities(rule: type[Rule], example: str) -> set[Severity]:
    found = check(SourceFile("c", example), no_files, Options(target=rule.target, rules=RULES))
    return {diagnostic.severity for diagnostic in found if diagnostic.code == rule.code}


CASES = [
    (rule, number)
    for rule in RULES
    for number, example in enumerate(rule.bad)
    if rule.target == NEWEST and UNREADABLE.match(rule.code) and rule.code not in SILENT
    if issubclass(rule, START_RULES) or not example.startswith("begin transports")  # a conversation does not get there
    if rule.code in WORDS_FOR_WARNINGS or severities(rule, unmarked(example)) == {Severity.ERROR}
]

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to use -C")


def runnable(example: str) -> str:
    """The example with its first ACL run at RCPT, if no option names it."""
    text = unmarked(example)
    first = re.search(r"^begin acl\n(\w+):", text, re.MULTILINE)
    if first and "acl_smtp_" not in text:
        text = f"acl_smtp_rcpt = {first[1]}\n{text}"
    return f"primary_hostname = mail.example\n{text}" if "primary_hostname" not in text else text


@pytest.mark.parametrize(("rule", "number"), CASES, ids=lambda x: x.code if isinstance(x, type) else str(x))
def test_exim_agrees(rule: type[Rule], number: int, tmp_path: Path, real_exim: str) -> None:
    path = tmp_path / "exim.conf"
    path.write_text(runnable(rule.bad[number]), encoding="latin-1")
    start = subprocess.run([real_exim, "-C", path, "-bV"], capture_output=True, timeout=20)
    version = re.search(rb"^Exim version ([0-9.]+)", start.stdout, re.MULTILINE)
    if version and version_key(version[1].decode()) < version_key(SINCE.get(rule.code, OLDEST)):
        pytest.skip("this Exim says nothing")
    if issubclass(rule, START_RULES):
        assert start.returncode != 0
        return
    assert start.returncode == 0, start.stderr
    command = [real_exim, "-C", path, "-bh", "192.0.2.1"]
    talk = subprocess.run(command, input=SESSION, capture_output=True, timeout=20)
    replies = talk.stdout.decode("latin-1") + talk.stderr.decode("latin-1")
    assert re.search(WORDS_FOR_WARNINGS.get(rule.code, FAULT), replies, re.MULTILINE), replies


FAULTY = [path for path in sorted((Path(__file__).parent / "err").glob("*.conf")) if "-bV finds" in path.read_text()]


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_exim_starts_with_what_is_faulty(path: Path, tmp_path: Path, real_exim: str) -> None:
    copy = tmp_path / "exim.conf"
    copy.write_bytes(path.read_bytes())
    assert subprocess.run([real_exim, "-C", copy, "-bV"], capture_output=True, timeout=20).returncode == 0
