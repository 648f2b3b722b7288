"""A constant database that is asked so often that its records are read as a whole answers as before."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from cdb_file import cdb_octets
from hypothesis import given
from hypothesis import strategies as st

from eximconf.lookup.cdb import ConstantDatabase, Damaged

OCTETS = st.binary(max_size=6)


def asked_often(octets: bytes, keys: Sequence[str]) -> list[set[str | None]]:
    """All that comes back for each of *keys*."""
    database = ConstantDatabase(octets.decode("latin-1"))
    answers: list[set[str | None]] = [set() for _ in keys]
    for _ in range(10):
        for key, seen in zip(keys, answers, strict=True):
            try:
                seen.add(database.get(key))
            except Damaged:
                seen.add("damaged")
    return answers


@given(records=st.lists(st.tuples(OCTETS, OCTETS), max_size=80), missing=OCTETS)
def test_the_first_record_counts(records: list[tuple[bytes, bytes]], missing: bytes) -> None:
    first = {key.decode("latin-1"): data.decode("latin-1") for key, data in reversed(records)}
    keys = [*first, missing.decode("latin-1")]
    assert asked_often(cdb_octets(records), keys) == [{first.get(key)} for key in keys]


@pytest.mark.parametrize("missing", [1, 40, 600])
def test_a_file_that_is_cut(missing: int) -> None:
    octets = cdb_octets([(b"key%d" % number, b"%d" % number) for number in range(50)])[:-missing]
    answers = asked_often(octets, [f"key{number}" for number in range(50)])
    assert {"damaged"} in answers
    assert all(len(seen) == 1 for seen in answers)


def test_a_record_that_is_longer_than_the_file() -> None:
    octets = bytearray(cdb_octets([(b"long", b"data"), (b"key", b"value")]))
    octets[2052:2056] = b"\xff\xff\xff\x7f"
    assert asked_often(bytes(octets), ["long", "key", "none"]) == [{"damaged"}, {"value"}, {None}]
