"""A table of ACLs and what of them is not covered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eximconf.replay.coverage import Counts, Kind, Tally, Unit, by_acl, gaps, score
from eximconf.report.display import visible

_WIDTH = 60


def render(counts: Mapping[Unit, Tally]) -> str:
    lines = ["coverage of ACLs:"]
    acls = by_acl(counts)
    width = max((len(visible(name)) for name in acls), default=0)
    for name, units in acls.items():
        lines.append(_row(visible(name), units, width))
        lines.extend(_gaps(units))
    lines.append(_row("all", counts, width))
    return "".join(f"{line}\n" for line in lines)


def _row(name: str, units: Mapping[Unit, Tally], width: int) -> str:
    statements = [tally for unit, tally in units.items() if unit.kind is Kind.STATEMENT]
    conditions = [tally for unit, tally in units.items() if unit.kind is Kind.CONDITION]
    reached = sum(tally.reached > 0 for tally in statements)
    outcomes = sum((tally.true > 0) + (tally.false > 0) for tally in conditions)
    return (
        f"  {name:{width}}  {score(units).percent:5.1f} %  {reached}/{len(statements)} statements reached, "
        f"{outcomes}/{2 * len(conditions)} outcomes of conditions"
    )


def _gaps(units: Counts) -> Iterator[str]:
    for unit, how in gaps(units):
        indent = "" if unit.kind is Kind.STATEMENT else "  "
        yield f"      {visible(unit.file)}:{unit.line}: {indent}{visible(unit.text)[:_WIDTH]}: {how}"
