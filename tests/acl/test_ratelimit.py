"""Rates against what a real Exim computed: ``ratelimit.txt``.

A block gives conditions, then recipients, each so many seconds after the one before, with the rate of every
condition and whether it was true.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from acl_driver import Session, StoppedClock, configuration

from eximconf.runtime.acl_answers import HintRecord
from eximconf.runtime.hints import MemoryHints, SqliteHints, open_hints, read_record, write_record
from eximconf.runtime.services import Hints, Services

_FILE = Path(__file__).with_name("ratelimit.txt")


class Block(NamedTuple):
    conditions: list[str]
    rows: list[tuple[int, str, list[str]]]


def _blocks() -> list[Block]:
    blocks = []
    for text in _FILE.read_text().split("\n\n"):
        block = Block([], [])
        for line in text.splitlines():
            if line.startswith("condition "):
                block.conditions.append(line.removeprefix("condition "))
            elif line.startswith("+"):
                wait, recipient, *results = line.split(" ")
                block.rows.append((int(wait), recipient, results))
        blocks.append(block)
    return blocks


def _configuration(conditions: list[str]) -> str:
    lines = ["acl_smtp_rcpt = check", "begin acl", "check:"]
    for number, condition in enumerate(conditions):
        lines += [
            f"  warn set acl_m{number} = 0",
            f"  warn {condition}",
            f"    set acl_m{number} = 1",
            f"  warn logwrite = $sender_rate:$acl_m{number}",
        ]
    return "\n".join([*lines, "  accept", ""])


def _rates(block: Block, hints: Hints) -> list[list[str]]:
    clock = StoppedClock()
    services = Services(clock=clock, hints=hints)
    session = Session(configuration(_configuration(block.conditions)), services=services, traced=False)
    session.mail("a@b.example")
    assert session.connection.message is not None
    session.connection.message.size = 3000
    rates = []
    for wait, recipient, _ in block.rows:
        clock.time += wait
        session.rcpt(recipient)
        rates.append([line.removeprefix("LOG: ") for line in session.lines])
    return rates


@pytest.mark.parametrize("block", _blocks(), ids=lambda _: "schedule")
def test_rates_are_those_of_exim(block: Block) -> None:
    assert len(block.rows) == 40
    assert _rates(block, MemoryHints()) == [results for _, _, results in block.rows]


def test_rates_are_the_same_in_a_file(tmp_path: Path) -> None:
    block = _blocks()[0]
    path = str(tmp_path / "hints.db")
    first, rest = Block(block.conditions, block.rows[:10]), block.rows[10:]
    assert rest
    assert _rates(first, open_hints(path)) == [results for _, _, results in first.rows]
    kept = SqliteHints(path).get("ratelimit", "1h/per_rcpt/192.0.2.7")
    assert kept is not None
    assert kept.rate > 0


@pytest.mark.parametrize(
    "record",
    [HintRecord(1767600000.25), HintRecord(1.1, 2.7182818, 1767600000.0, b"\x00\xff\x10" * 20)],
    ids=["plain", "with a filter"],
)
def test_a_record_survives_as_text(record: HintRecord) -> None:
    assert read_record(write_record(record)) == record


@pytest.mark.parametrize("text", ["", "1", "a b c d", "1 2 3 !"])
def test_a_foreign_record_is_no_record(text: str) -> None:
    with pytest.raises(OSError, match="no record"):
        read_record(text)
