"""A page that needs nothing else: the configuration, each line of its ACLs marked with how it came out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple

from eximconf.config.load import read_octets
from eximconf.replay.coverage import Counts, Kind, Tally, Unit, by_acl, files_of, score
from eximconf.report.display import visible
from eximconf.report.snippet import shown_line
from eximconf.source.text import SourceFile

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
table { border-collapse: collapse; } td, th { padding: .15rem .8rem; text-align: left; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
meter { width: 8rem; } a { color: inherit; }
pre { font: 13px/1.45 ui-monospace, monospace; overflow-x: auto; }
pre span.l { display: block; min-width: max-content; padding-left: .3rem; border-left: .35rem solid transparent; }
pre span.l i { display: inline-block; width: 4em; text-align: right; margin-right: 1em; opacity: .55; font-style: normal; }
pre span.l b { font-weight: normal; opacity: .7; float: right; margin-left: 2em; }
pre span.full { border-color: #2a8f3c; background: #2a8f3c1c; }
pre span.part { border-color: #c98a00; background: #c98a0026; }
pre span.none { border-color: #c0392b; background: #c0392b22; }
"""


def render(counts: Mapping[Unit, Tally]) -> str:
    total = score(counts)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>Coverage of ACLs: {total.percent:.1f} %</title><style>{_STYLE}</style></head><body>",
        f"<h1>Coverage of ACLs: {total.percent:.1f} %</h1>",
        "<p>One point for a statement or modifier that was reached, one each for a condition that was true and "
        "that was false.</p>",
        *_table(counts),
    ]
    for number, file in enumerate(files_of(counts)):
        parts += _page(file, number, {unit: tally for unit, tally in counts.items() if unit.file == file})
    return "\n".join([*parts, "</body></html>", ""])


def _table(counts: Mapping[Unit, Tally]) -> Iterator[str]:
    yield "<table><tr><th>ACL</th><th></th><th>covered</th><th>points</th></tr>"
    files = files_of(counts)
    for name, units in by_acl(counts).items():
        first, covered = next(iter(units)), score(units)
        link = f"#f{files.index(first.file)}l{first.line}" if first.file else "#"
        yield (
            f'<tr><td><a href="{link}">{escape(visible(name))}</a></td>'
            f'<td><meter min="0" max="100" value="{covered.percent:.1f}"></meter></td>'
            f'<td class="n">{covered.percent:.1f} %</td><td class="n">{covered.hit}/{covered.all}</td></tr>'
        )
    yield "</table>"


class _Mark(NamedTuple):
    """How a line is marked: a class, and what it says on the right."""

    name: str
    note: str


def _page(path: str, number: int, units: Counts) -> Iterator[str]:
    yield f"<h2>{escape(visible(path))}</h2>"
    try:
        file = SourceFile(path, read_octets(path))
    except OSError as error:
        yield f"<p>This file cannot be read: {escape(str(error.strerror))}</p>"
        return
    by_line: dict[int, Counts] = {}
    for unit, tally in sorted(units.items(), key=lambda item: item[0].offset):
        by_line.setdefault(unit.line, {})[unit] = tally
    yield "<pre>"
    for line in range(1, file.text.count("\n") + (not file.text.endswith("\n")) + 1):
        mark = _mark(by_line[line]) if line in by_line else _Mark("", "")
        note = f"<b>{escape(mark.note)}</b>" if mark.note else ""
        text = escape(visible(shown_line(file, line)))
        yield f'<span class="l {mark.name}" id="f{number}l{line}">{note}<i>{line}</i>{text}</span>'
    yield "</pre>"


def _mark(units: Counts) -> _Mark:
    covered = score(units)
    name = "full" if covered.hit == covered.all else "part" if covered.hit else "none"
    return _Mark(name, "; ".join(_note(unit, tally) for unit, tally in units.items()))


def _note(unit: Unit, tally: Tally) -> str:
    if not tally.reached:
        return "not reached"
    if unit.kind is Kind.MODIFIER and tally.true == tally.reached:
        return f"{tally.true}×"
    named = (("true", tally.true), ("false", tally.false), ("deferred", tally.deferred), ("error", tally.error))
    return " ".join(f"{count}× {word}" for word, count in named if count)
