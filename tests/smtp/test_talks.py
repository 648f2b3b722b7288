"""Conversations against what a real Exim made of them: every ``talks/*.in`` with the configuration ``talks/*.conf`` of
its name up to the first dot, and what 4.100-dev printed in ``talks/*.out``. ``--update-goldens`` with a real Exim
writes these anew, from what it prints. Lines of the input end with CR LF; ``\\xHH`` is an octet, ``\\`` at the end of a
line keeps it from ending.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from smtp_talk import SPOOL, Player, ask, configuration, difference

_FOLDER = Path(__file__).with_name("talks")
_TALKS = sorted(_FOLDER.glob("*.in"))
_OCTET = re.compile(r"\\x([0-9a-f]{2})")


def _octets(path: Path) -> str:
    text = path.read_text(encoding="latin-1").replace("\\\n", "").replace("\n", "\r\n")
    return _OCTET.sub(lambda found: chr(int(found[1], 16)), text)


def _configuration(path: Path) -> str:
    name = path.name.partition(".")[0]
    return SPOOL + (_FOLDER / f"{name}.conf").read_text(encoding="latin-1")


@pytest.mark.parametrize("path", _TALKS, ids=lambda path: path.stem)
def test_as_recorded(path: Path) -> None:
    got = Player(configuration(_configuration(path))).play([_octets(path)])
    expected = path.with_suffix(".out").read_text(encoding="latin-1")
    assert str(got) == expected, difference(expected, got)


@pytest.mark.parametrize("path", _TALKS, ids=lambda path: path.stem)
def test_a_real_exim_says_so(path: Path, newest_exim: str, request: pytest.FixtureRequest) -> None:
    found = str(ask(newest_exim, _configuration(path), _octets(path)))
    golden = path.with_suffix(".out")
    if request.config.getoption("--update-goldens"):
        golden.write_text(found, encoding="latin-1")
    expected = golden.read_text(encoding="latin-1")
    assert found == expected, difference(expected, found)
