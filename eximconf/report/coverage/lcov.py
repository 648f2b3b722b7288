"""LCOV's trace file: lines, ACLs as functions, and the outcomes of conditions as branches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eximconf.replay.coverage import Counts, Kind, Tally, Unit, files_of
from eximconf.report.display import visible


def render(counts: Mapping[Unit, Tally]) -> str:
    lines: list[str] = []
    for file in files_of(counts):
        units = {unit: counts[unit] for unit in sorted(counts, key=lambda unit: unit.offset) if unit.file == file}
        lines += ["TN:", f"SF:{visible(file)}", *_functions(units), *_branches(units), *_lines(units), "end_of_record"]
    return "".join(f"{line}\n" for line in lines)


def _functions(units: Counts) -> Iterator[str]:
    first: dict[str, Unit] = {}
    for unit in units:
        if unit.acl:
            first.setdefault(unit.acl, unit)
    for name, unit in first.items():
        yield f"FN:{unit.line},{visible(name)}"
    for name, unit in first.items():
        yield f"FNDA:{units[unit].reached},{visible(name)}"
    yield f"FNF:{len(first)}"
    yield f"FNH:{sum(units[unit].reached > 0 for unit in first.values())}"


def _branches(units: Counts) -> Iterator[str]:
    found = hit = 0
    blocks: dict[int, int] = {}
    for unit, tally in units.items():
        if unit.kind is not Kind.CONDITION:
            continue
        block = blocks[unit.line] = blocks.get(unit.line, -1) + 1
        for branch, count in enumerate((tally.true, tally.false)):
            yield f"BRDA:{unit.line},{block},{branch},{count if tally.reached else '-'}"
            found += 1
            hit += count > 0
    yield f"BRF:{found}"
    yield f"BRH:{hit}"


def _lines(units: Counts) -> Iterator[str]:
    hits: dict[int, int] = {}
    for unit, tally in units.items():
        hits[unit.line] = max(hits.get(unit.line, 0), tally.reached)
    for line, count in sorted(hits.items()):
        yield f"DA:{line},{count}"
    yield f"LF:{len(hits)}"
    yield f"LH:{sum(count > 0 for count in hits.values())}"
