"""No file, whatever stands in it, makes a look-up raise anything but an outcome."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stores import DATA, fill

from eximconf.lookup.search import find, parse_type
from eximconf.match.patterns import patterns_with
from eximconf.match.verdict import plain_text
from eximconf.runtime.context import Context
from eximconf.runtime.live import LiveFiles
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.services import Services

KINDS = ("lsearch", "nwildlsearch", "wildlsearch", "iplsearch", "partial0-lsearch*@", "cdb", "dbm", "dbmjz", "json",
         "psl", "regdom")  # fmt: skip


def outcomes(path: Path, key: str) -> list[str | None]:
    """What each type finds, or its failure."""
    ctx = Context(services=Services(files=LiveFiles()))
    out = []
    for kind in KINDS:
        try:
            found = find(ctx, parse_type(kind), str(path), key, patterns_with(plain_text))
            out.append(None if found is None else found.value)
        except Outcome as failure:
            out.append(failure.message)
    return out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("octets")


@given(octets=st.binary(max_size=600), key=st.binary(max_size=20))
def test_any_octets(folder: Path, octets: bytes, key: bytes) -> None:
    (folder / "file").write_bytes(octets)
    assert len(outcomes(folder / "file", key.decode("latin-1"))) == len(KINDS)


@pytest.mark.parametrize(
    "name", ["records.cdb", "records.dbm", "large.dbmnz", "tree.dbmnz", "tree.json", "suffixes"]
)
def test_damaged_files(name: str, tmp_path: Path) -> None:
    fill(str(tmp_path / "data"))
    whole, random = (tmp_path / "data" / name).read_bytes(), Random(name)
    assert whole
    for _ in range(150):
        octets = bytearray(whole)
        for _ in range(random.randrange(1, 30)):
            octets[random.randrange(len(octets))] = random.randrange(256)
        length = random.choice((len(octets), random.randrange(len(octets))))
        (tmp_path / "file").write_bytes(octets[:length])
        key = random.choice(("key", "key12", "often", "a.co.uk", "list:0"))
        assert len(outcomes(tmp_path / "file", key)) == len(KINDS)


def test_every_data_file_can_be_searched_by_every_type() -> None:
    for path in DATA.iterdir():
        assert len(outcomes(path, "key")) == len(KINDS)
