"""RCPT ACLs against what a real Exim made of them: ``rcpt/*.conf``, and what 4.100-dev printed in ``*.out``.

The first line of a configuration names the recipients; each has an ACL of its own. ``--update-goldens`` with a real
Exim writes the ``*.out`` anew, from what that one prints.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from acl_driver import configuration, play
from acl_real import SPOOL, ask, difference, played

_CASES = sorted(Path(__file__).with_name("rcpt").glob("*.conf"))


def _case(path: Path) -> tuple[str, list[str]]:
    """The configuration, and the recipients. Where it does not say which ACL is for RCPT, that is the one with the
    name of the local part."""
    first, _, rest = path.read_text(encoding="latin-1").partition("\n")
    recipients = first.removeprefix("# rcpt ").split()
    option = ""
    if "acl_smtp_rcpt" not in rest:
        option = f"acl_smtp_rcpt = ${{extract{{$local_part}}{{{' '.join(f'{one}={one}' for one in recipients)}}}}}"
    text = "\n".join((first, SPOOL.rstrip(), option, rest))
    return text, [one if "@" in one else f"{one}@d.example" for one in recipients]


@pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
def test_as_recorded(path: Path) -> None:
    text, recipients = _case(path)
    expected = path.with_suffix(".out").read_text(encoding="utf-8")
    got = played(play(configuration(text), "a@b.example", recipients)).encode("latin-1").decode("utf-8", "replace")
    assert got == expected, difference(expected, got)


@pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
def test_a_real_exim_says_so(path: Path, newest_exim: str, request: pytest.FixtureRequest) -> None:
    text, recipients = _case(path)
    with tempfile.TemporaryDirectory() as folder:  # Exim's own user must reach it
        found = ask(newest_exim, text, recipients, Path(folder)).encode("latin-1").decode("utf-8", "replace")
    golden = path.with_suffix(".out")
    if request.config.getoption("--update-goldens"):
        golden.write_text(found, encoding="utf-8")
    expected = golden.read_text(encoding="utf-8")
    assert found == expected, difference(expected, found)
