"""What an expansion that fails leaves for the next line of ``-be``, as seen with 4.96, 4.98.2 and 4.100-dev."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from eximconf.cli import main

_CONFIGURATION = """\
domainlist d1 = +d2 : +nosuch
domainlist d2 = ! ab
addresslist a1 = +a2 : +nosuch
addresslist a2 = ! ab@*c
"""
_LINES = """\
${if match{ab}{(a)(b)}{${substr{x}{1}{y}}}{n}}
<$0> <$1> <$2>
${if match{xy}{(x)}{yes}{no}} <$0>
${if match_domain{ab}{+d1}}
<$value> <$0> <$1>
${if match_address{ab@c}{+a1}}
<$value>
${lookup{a}lsearch{/nonexistent/file}}
${if match_domain{ab}{+d1}}
"""
_ANSWERS = """\
> Failed: "x" is not a number (in "substr" expansion)
> <ab> <a> <b>
> yes <ab>
> Failed: unable to complete match against "+d1": NULL
> <ab> <ab> <>
> Failed: unable to complete match against "+a1": NULL
> <ab@*c>
> Failed: failed to open /nonexistent/file for linear search: No such file or directory
> Failed: unable to complete match against "+d1": failed to open /nonexistent/file for linear search: No such file or directory
"""


def test_what_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "exim.conf"
    config.write_text(_CONFIGURATION)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(_LINES.encode())))
    assert main(["exim", "-C", str(config), "-be"]) == 0
    assert capfd.readouterr().out == f"{_ANSWERS}> \n"
