"""What local deliveries need before their transport is asked: put off with the lines of a real Exim."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "lint"))
from proving import Case, ours, real, runs_for_others

from eximconf.lint.proof import Delivers

_FILE = "driver = appendfile\n  user = nobody\n  file = /dev/null\n  "
_REDIRECT = "REDIRECT"
_FAILS = "${if eq{a}{b}{x}fail}"
_WHY = '"if" failed and "fail" requested'
CASES = {
    "user fails": ("", f"driver = appendfile\n  file = /dev/null\n  user = {_FAILS}",
                   f'defer (-29): Failed to expand user string "{_FAILS}" for the t transport: {_WHY}'),
    "group before user": ("", "driver = appendfile\n  file = /dev/null\n  user = ${sg{}{}{}}\n  group = ${sg{}{}{}}",
                          'defer (-28): Failed to find group "" from expanded string "${sg{}{}{}}" for the t transport'),
    "user before home": ("", "driver = appendfile\n  file = /dev/null\n  user = ${sg{}{}{}}\n  home_directory = x",
                         'defer (-29): Failed to find user ""'),
    "home fails": ("", f"{_FILE}home_directory = {_FAILS}",
                   f'defer (-27): home directory "{_FAILS}" failed to expand for t transport: {_WHY}'),
    "home of router": ("  transport_home_directory = x/$local_part\n", _FILE,
                       'defer (-21): home directory path "x/b" is not absolute for t transport'),
    "home of transport first": ("  transport_home_directory = x\n", f"{_FILE}home_directory = /tmp", "=> b"),
    "home before current": ("", f"{_FILE}home_directory = x\n  current_directory = y",
                            'defer (-21): home directory path "x" is not absolute for t transport'),
    "current fails": ("", f"{_FILE}current_directory = {_FAILS}",
                      f'defer (-27): current directory "{_FAILS}" failed to expand for t transport: {_WHY}'),
    "current of router": ("  transport_current_directory = x\n", _FILE,
                          'defer (-21): current directory path "x" is not absolute for t transport'),
    "file fails": ("", f"driver = appendfile\n  user = nobody\n  file = {_FAILS}",
                   f'defer (-1): Expansion of "{_FAILS}" (file or directory name for t transport) failed: {_WHY}'),
    "file below home": ("  transport_home_directory = /x\n", "driver = appendfile\n  user = nobody\n  file = ${substr{1}{$home}}",
                        'defer (-21): appendfile: file or directory name "x" is not absolute'),
    "file made of outside data": ("", "driver = appendfile\n  user = nobody\n  file = /tmp/$local_part",
                                  "defer (-1): Tainted '/tmp/b' (file or directory name for t transport) not permitted"),
    "directory made of outside data": ("", "driver = appendfile\n  user = nobody\n  directory = /tmp/${lc:$local_part}/x\n  maildir_format",
                                       "defer (-1): Tainted '/tmp/b/x' (file or directory name for t transport) not permitted"),
    "not absolute before not trusted": ("", "driver = appendfile\n  user = nobody\n  file = tmp/$local_part",
                                        'defer (-21): appendfile: file or directory name "tmp/b" is not absolute'),
    "the name of a file": ("REDIRECT/tmp/box", "driver = appendfile\n  user = nobody\n  home_directory = x$address_file:$address_pipe:$local_part",
                           'defer (-21): home directory path "x/tmp/box::b" is not absolute'),
    "the command of a pipe": ('REDIRECT"|/bin/true a"', "driver = pipe\n  user = nobody\n  home_directory = $address_pipe:$address_file:$local_part",
                              'defer (-21): home directory path "|/bin/true a::b" is not absolute'),
    "all well": ("  transport_home_directory = /tmp\n", f"{_FILE}current_directory = $home", "=> b"),
}  # fmt: skip
"""Options of the router, or what it redirects to, the transport, and a part of the line about the address."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="exim-local") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def case(title: str, folder: Path) -> tuple[Case, str]:
    router, transport, expected = CASES[title]
    how = f"accept\n{router}  transport = t"
    if router.startswith(_REDIRECT):
        how = f"redirect\n  data = {router[len(_REDIRECT) :]}\n  file_transport = t\n  pipe_transport = t"
    text = f"begin routers\nr:\n  driver = {how}\nbegin transports\nt:\n  {transport}\n"
    proof = Delivers(bad=text, local=(("t", "ok"),))
    return Case(proof, proof.configurations(type("NoRule", (), {"bad": (), "good": ("",)}))[0], folder / "case"), expected


@pytest.mark.parametrize("title", CASES)
def test_ours(title: str, folder: Path) -> None:
    one, expected = case(title, folder)
    lines = ours(one).lines
    assert any(expected in line for line in lines), lines


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to use -C")
@pytest.mark.parametrize("title", CASES)
def test_a_real_exim(title: str, folder: Path, newest_exim: str) -> None:
    if not runs_for_others(newest_exim):
        pytest.skip("this Exim, unpacked beside the system, finds its libraries only when root runs it")
    one, expected = case(title, folder)
    lines = real(one, newest_exim).lines
    assert any(expected in line for line in lines), lines
