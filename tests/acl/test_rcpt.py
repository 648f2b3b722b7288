"""RCPT ACLs against what a real Exim made of them: ``rcpt/*.conf``, and what 4.100-dev printed in ``*.out``.

The first line of a configuration names the recipients; each has an ACL of its own. ``--update-goldens`` with a real Exim writes the ``*.out``
anew, from what that one prints.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest
from driver import configuration, play
from real import ask, played

_CASES = sorted(Path(__file__).with_name("rcpt").glob("*.conf"))
_SPOOL = ".ifdef SPOOL\nspool_directory = SPOOL\nlog_file_path = SPOOL/%slog\n.endif"


def _case(path: Path) -> tuple[str, list[str]]:
    """The configuration, and the recipients. Where it does not say which ACL is for RCPT, that is the one with the
    name of the local part."""
    first, _, rest = path.read_text(encoding="latin-1").partition("\n")
    recipients = first.removeprefix("# rcpt ").split()
    option = ""
    if "acl_smtp_rcpt" not in rest:
        option = f"acl_smtp_rcpt = ${{extract{{$local_part}}{{{' '.join(f'{one}={one}' for one in recipients)}}}}}"
    text = "\n".join((first, _SPOOL, option, rest))
    return text, [one if "@" in one else f"{one}@d.example" for one in recipients]


def _difference(expected: str, got: str) -> str:
    return "\n".join(difflib.unified_diff(expected.split("\n"), got.split("\n"), "Exim", "ours", lineterm="", n=3))


@pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
def test_as_recorded(path: Path) -> None:
    text, recipients = _case(path)
    expected = path.with_suffix(".out").read_text(encoding="utf-8")
    got = played(play(configuration(text), "a@b.example", recipients)).encode("latin-1").decode("utf-8", "replace")
    assert got == expected, _difference(expected, got)


@pytest.mark.skipif(os.geteuid() != 0, reason="Exim takes -C and -D of root only")
@pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
def test_a_real_exim_says_so(path: Path, real_exim: str, request: pytest.FixtureRequest) -> None:
    version = subprocess.run([real_exim, "-bV"], capture_output=True, text=True, timeout=20).stdout
    if not re.match(r"Exim version 4\.(99|1\d\d)", version):
        pytest.skip("the recording is of 4.100-dev")
    text, recipients = _case(path)
    with tempfile.TemporaryDirectory() as folder:  # Exim's own user must reach it
        found = ask(real_exim, text, recipients, Path(folder)).encode("latin-1").decode("utf-8", "replace")
    golden = path.with_suffix(".out")
    if request.config.getoption("--update-goldens"):
        golden.write_text(found, encoding="utf-8")
    expected = golden.read_text(encoding="utf-8")
    assert found == expected, _difference(expected, found)
