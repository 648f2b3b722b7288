"""What makes a finding the same one when lines above it come and go: its rule, its file, the text of its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from eximconf.report.snippet import shown_line
from eximconf.source.diagnostic import Diagnostic

_LENGTH = 32


def fingerprint(diagnostic: Diagnostic, path: str) -> str:
    """32 hexadecimal digits; *path* is how the file is called. White space in the line does not count, and what is
    marked ``hide`` is not looked at."""
    from hashlib import sha256

    place = diagnostic.location
    line = shown_line(place.file, place.line) if place is not None else diagnostic.message
    text = "\0".join((diagnostic.code, path, " ".join(line.split())))
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_LENGTH]


def numbered(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """A fingerprint for each of *diagnostics*, with a number behind it: equal ones are told apart by their order."""
    seen: Counter[str] = Counter()
    for diagnostic in diagnostics:
        place = diagnostic.location
        mark = fingerprint(diagnostic, place.file.name if place is not None else "")
        seen[mark] += 1
        yield f"{mark}:{seen[mark]}"
