"""Coverage of ACLs: a summary, LCOV for other tools, a page with the annotated configuration."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from eximconf.replay.coverage import Tally, Unit

FORMATS = ("text", "lcov", "html")
"""The formats; each is the module of that name, with a function ``render``."""


def render(format: str, counts: Mapping[Unit, Tally]) -> str:
    """*counts* in *format* (one of `FORMATS`) as Unicode text. Raises ValueError."""
    if format not in FORMATS:
        raise ValueError(f"no format {format!r} for coverage")
    text: str = import_module(f"eximconf.report.coverage.{format}").render(counts)
    return text
