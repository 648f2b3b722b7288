"""Where addresses go, router by router: as text, JSON, and pictures (Graphviz, Mermaid, SVG)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from eximconf.dns.host import Host
from eximconf.report.json import text_of
from eximconf.route.verification import Fate, RoutedAddress, Verification
from eximconf.route.visit import RouteStep
from eximconf.runtime.acl_answers import Verified

_WIDEST = 70
_SIGNS = {
    "accepted": "+",
    "rerouted": "+",
    "discarded": "+",
    "skipped": "-",
    "declined": "-",
    "passed": "-",
}
_WORDS = {Verified.OK: "is routed", Verified.FAIL: "fails", Verified.DEFER: "cannot be routed now"}


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one address. *fault*: what is wrong with its syntax, "" for nothing, or for which Exim would end.
    *trace*: what Exim prints meanwhile."""

    given: str
    verification: Verification | None
    steps: tuple[RouteStep, ...] = ()
    trace: tuple[str, ...] = ()
    fault: str = ""

    @property
    def result(self) -> Verified:
        return self.verification.result if self.verification is not None else Verified.FAIL

    @property
    def final(self) -> tuple[RoutedAddress, ...]:
        return self.verification.found if self.verification is not None else ()


Places = Mapping[str, str]
"""Where each router stands, by its name."""


def text(routes: Sequence[Route], places: Places) -> str:
    """For people: each address, the routers that it met and what they did, and where it ends."""
    return "\n".join("\n".join(_text_lines(route, places)) + "\n" for route in routes)


def _text_lines(route: Route, places: Places) -> Iterator[str]:
    if route.fault:
        yield f"{text_of(route.given)}: {text_of(route.fault)}"
        return
    yield f"{text_of(route.given)} {_WORDS[route.result]}"
    yield from (f"    {text_of(line)}" for line in route.trace)
    width = max((len(step.router) for step in route.steps), default=0)
    address = None
    for step in route.steps:
        if step.address != address:
            address = step.address
            yield f"  {text_of(address)}"
        yield f"    {_SIGNS.get(step.outcome, '!')} {step.router:{width}}  {_done(step)}{_place(step, places)}"
    for found in route.final:
        yield f"  => {text_of(_end(found))}"
    if route.verification is not None and route.verification.discarded:
        yield "  => discarded"


def _done(step: RouteStep) -> str:
    what = step.outcome + (f": {step.reason}" if step.reason else "")
    if step.option:
        shown = " ".join(step.option.split())
        what += f" ({shown if len(shown) <= _WIDEST else shown[:_WIDEST] + ' ...'})"
    return text_of(what + (f" -> {', '.join(step.children)}" if step.children else ""))


def _place(step: RouteStep, places: Places) -> str:
    place = places.get(step.router, "")
    return f"    # {text_of(place)}" if place else ""


def _end(found: RoutedAddress) -> str:
    """The end of one address, in a line."""
    match found.fate:
        case Fate.FAILED | Fate.DEFERRED:
            reason = f": {found.message}" if found.message else ""
            return f"{found.address} {found.fate.value}{reason}"
        case Fate.SPECIAL if found.fault or not found.allowed:
            return f"{found.address} {found.fault or 'forbidden'}"
    by = f"router {found.router}, transport {found.transport or 'unset'}"
    hosts = f", {', '.join(map(_host, found.hosts))}" if found.hosts else ""
    return f"{found.address} by {by}{hosts}{' (duplicate)' if found.duplicate else ''}"


def _host(host: Host) -> str:
    parts = [
        host.name,
        f"[{host.address}]" if host.address is not None and host.address != host.name else "",
    ]
    parts += [
        f"MX={host.preference}" if host.preference >= 0 else "",
        f"port={host.port}" if host.port else "",
    ]
    return " ".join(part for part in parts if part)


def as_json(routes: Sequence[Route], places: Places) -> str:
    """For programs: a list of objects."""
    return json.dumps([_object(route, places) for route in routes], indent=2, ensure_ascii=False) + "\n"


def _object(route: Route, places: Places) -> dict[str, Any]:
    verification = route.verification
    found: dict[str, Any] = {"address": text_of(route.given), "result": str(route.result.value)}
    if route.fault:
        return found | {"fault": text_of(route.fault)}
    assert verification is not None
    return found | {
        "routed": text_of(verification.address),
        "discarded": verification.discarded,
        "steps": [
            {
                "address": text_of(step.address), "router": step.router, "outcome": step.outcome,
                "reason": text_of(step.reason), "option": text_of(step.option), "children": [text_of(child) for child in step.children],
                "place": text_of(places.get(step.router, "")),
            }
            for step in route.steps
        ],
        "ends": [_end_object(end) for end in route.final],
        **({"trace": [text_of(line) for line in route.trace]} if route.trace else {}),
    }  # fmt: skip


def _end_object(found: RoutedAddress) -> dict[str, Any]:
    return {
        "address": text_of(found.address), "fate": found.fate.value, "kind": found.kind.value,
        "parents": [text_of(parent) for parent in found.parents],
        "router": found.router or None, "transport": found.transport or None,
        "hosts": [
            {"name": host.name, "address": host.address, "mx": host.preference if host.preference >= 0 else None,
             "port": host.port}
            for host in found.hosts
        ],
        "message": None if found.message is None else text_of(found.message),
        "duplicate": found.duplicate, "allowed": found.allowed,
    }  # fmt: skip


# Pictures


@dataclass(frozen=True, slots=True)
class _Edge:
    source: str
    target: str
    label: str
    end: bool = False


def _edges(route: Route) -> list[_Edge]:
    """From addresses to those that they become, or to where they end, each once; labelled with the router."""
    edges = [_Edge(step.address, child, step.router) for step in route.steps for child in step.children]
    for found in route.final:
        if found.fate in (Fate.FAILED, Fate.DEFERRED):
            reason = f": {found.message}" if found.message else ""
            edges.append(_Edge(found.address, f"{found.fate.value}{reason}", "", end=True))
        else:
            hosts = "".join(f"\n{_host(host)}" for host in found.hosts)
            name = found.transport or "no transport"
            edges.append(_Edge(found.address, f"{name}{hosts}", found.router, end=True))
    if route.verification is not None and route.verification.discarded:
        edges.append(_Edge(route.verification.address, "discarded", "", end=True))
    return list(dict.fromkeys(edges))


def dot(routes: Sequence[Route], _places: Places) -> str:
    """A graph for Graphviz."""
    lines = ["digraph routes {", "  rankdir=LR;", "  node [shape=box];"]
    ends = dict.fromkeys(edge.target for edge in _all_edges(routes) if edge.end)
    lines += [f"  {_dot_quoted(end)} [shape=ellipse];" for end in ends]
    for edge in _all_edges(routes):
        target = _dot_quoted(edge.target)
        label = f" [label={_dot_quoted(edge.label)}]" if edge.label else ""
        lines.append(f"  {_dot_quoted(edge.source)} -> {target}{label};")
    return "\n".join([*lines, "}"]) + "\n"


def _all_edges(routes: Sequence[Route]) -> Iterator[_Edge]:
    """The edges of all routes, each once."""
    yield from dict.fromkeys(edge for route in routes for edge in _edges(route))


def _dot_quoted(name: str) -> str:
    quoted = text_of(name).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{quoted}"'


def mermaid(routes: Sequence[Route], _places: Places) -> str:
    """A flow chart for Mermaid."""
    names: dict[tuple[str, bool], str] = {}
    lines = ["flowchart LR"]

    def node(name: str, end: bool) -> str:
        key = (name, end)
        if key not in names:
            names[key] = f"n{len(names)}"
            opening, closing = ('(["', '"])') if end else ('["', '"]')
            lines.append(f"  {names[key]}{opening}{_mermaid_quoted(name)}{closing}")
        return names[key]

    for edge in _all_edges(routes):
        source, target = node(edge.source, False), node(edge.target, edge.end)
        label = f'|"{_mermaid_quoted(edge.label)}"|' if edge.label else ""
        lines.append(f"  {source} -->{label} {target}")
    return "\n".join(lines) + "\n"


def _mermaid_quoted(name: str) -> str:
    """*name* with what means something to Mermaid as entities."""
    special = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "\n": "<br/>", "&": "#amp;"}
    return "".join(special.get(char, char) for char in text_of(name))


_ROW, _STEP, _CHAR = 26, 30, 8


def svg(routes: Sequence[Route], _places: Places) -> str:
    """A tree of addresses and their ends, one a row, drawn from left to right."""
    rows = [row for route in routes for row in _rows(route)]
    width = max((depth * _STEP + len(label) * _CHAR for depth, label, _ in rows), default=0) + 40
    height = len(rows) * _ROW + 20
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        'font-family="monospace" font-size="13">'
    ]
    last: dict[int, int] = {}
    for number, (depth, label, end) in enumerate(rows):
        x, y = 10 + depth * _STEP, 20 + number * _ROW
        if depth:
            top = last.get(depth - 1, y)
            out.append(f'<path d="M{x - _STEP + 8} {top + 5}V{y - 4}H{x - 4}" fill="none" stroke="#888"/>')
        last[depth] = y
        weight = "" if end else ' font-weight="bold"'
        out.append(f'<text x="{x}" y="{y}"{weight}>{escape(label)}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"


def _rows(route: Route) -> Iterator[tuple[int, str, bool]]:
    """Depth and label of each node, and whether it is an end."""
    if route.fault:
        yield 0, f"{text_of(route.given)}: {text_of(route.fault)}", False
        return
    assert route.verification is not None
    edges = _edges(route)
    top = route.verification.address
    yield 0, text_of(top), False
    waiting = [(1, edge) for edge in reversed(edges) if edge.source == top]
    shown = {top}
    while waiting:
        depth, edge = waiting.pop()
        label = " ".join(text_of(edge.target).split("\n"))
        yield depth, f"{edge.label}: {label}" if edge.label else label, edge.end
        if not edge.end and edge.target not in shown:
            shown.add(edge.target)
            waiting += [(depth + 1, more) for more in reversed(edges) if more.source == edge.target]


FORMATS: Mapping[str, Callable[[Sequence[Route], Places], str]] = {
    "text": text, "json": as_json, "dot": dot, "mermaid": mermaid, "svg": svg,
}  # fmt: skip
