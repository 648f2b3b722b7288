"""``dbm`` files of an Exim that is built with SQLite, which the Exims that are asked here are not. The form of the file is
that of Exim's own test suite (script 2601)."""

from __future__ import annotations

from pathlib import Path

import pytest
from stores import fill

from eximconf.api import expand, new_context
from eximconf.runtime.live import live_services


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("${lookup{testid:example:userPassword}dbmjz{FILE}}", "secret"),
        ("${lookup{key}dbmnz{FILE}}", "value"),
        ("${lookup{key}dbm{FILE}}", "with a zero"),
        ("${lookup{nosuch}dbm{FILE}{$value}{none}}", "none"),
    ],
)
def test_read(tmp_path: Path, item: str, value: str) -> None:
    fill(str(tmp_path / "data"))
    assert (
        expand(
            item.replace("FILE", f"{tmp_path}/data/records.sqlite"), new_context(services=live_services({}))
        ).text
        == value
    )


@pytest.mark.parametrize("rest", [b"", b"\0" * 4096, b"x" * 84])
def test_a_damaged_file_does_not_open(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "bad.sqlite"
    path.write_bytes(b"SQLite format 3\0" + rest)
    result = expand(f"${{lookup{{key}}dbmnz{{{path}}}}}", new_context(services=live_services({})))
    assert result.message == f"failed to open {path} as a db (v4.1+) file: Invalid argument"
