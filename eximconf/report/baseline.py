"""A baseline: findings that are there already and are not reported again, as a JSON text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from eximconf.report.fingerprint import fingerprint
from eximconf.report.json import text_of
from eximconf.source.diagnostic import Diagnostic

VERSION = 1
Namer: TypeAlias = Callable[[str], str]
"""Gives the name of a file as a baseline has it: from the folder of the baseline on."""


class BadBaseline(ValueError):
    """A text that is no baseline; the argument says why."""


class Baseline:
    """Findings by fingerprint, and how often each may come."""

    def __init__(self, counts: Counter[str], named: Namer) -> None:
        self._counts = counts
        self._named = named
        self._met: Counter[str] = Counter()

    def new(self, diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Those of one configuration's *diagnostics* that the baseline does not hold."""
        left, new, met = Counter(self._counts), [], Counter[str]()
        for diagnostic in diagnostics:
            mark = fingerprint(diagnostic, _file(diagnostic, self._named))
            if left[mark] > 0:
                left[mark] -= 1
                met[mark] += 1
            else:
                new.append(diagnostic)
        self._met |= met
        return new

    @property
    def gone(self) -> int:
        """How many findings of the baseline have not been met."""
        return (self._counts - self._met).total()


def read_baseline(text: str, named: Namer) -> Baseline:
    """The baseline in *text*. Raises `BadBaseline`."""
    try:
        data: Any = json.loads(text)
        if data["version"] != VERSION:
            raise BadBaseline(f"this is a baseline of version {data['version']}, not {VERSION}")
        return Baseline(
            Counter({str(each["fingerprint"]): int(each.get("count", 1)) for each in data["findings"]}),
            named,
        )
    except BadBaseline:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BadBaseline("this is no baseline of exim-conf check") from None


def baseline_text(diagnostics: Iterable[Diagnostic], named: Namer) -> str:
    """The baseline that holds *diagnostics*, sorted so that it reads well in a diff."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for diagnostic in diagnostics:
        path = _file(diagnostic, named)
        counts[
            text_of(path), diagnostic.code, text_of(diagnostic.message), fingerprint(diagnostic, path)
        ] += 1
    findings = [
        {"file": path, "code": code, "message": message, "fingerprint": mark, "count": count}
        for (path, code, message, mark), count in sorted(counts.items())
    ]
    return json.dumps({"version": VERSION, "findings": findings}, indent=1, ensure_ascii=False) + "\n"


def _file(diagnostic: Diagnostic, named: Namer) -> str:
    return named(diagnostic.location.file.name) if diagnostic.location is not None else ""
