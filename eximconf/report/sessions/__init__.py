"""Results of sessions, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from eximconf.replay.result import SessionResult

FORMATS = ("text", "json", "junit", "tap")
"""The formats; each is the module of that name, with a function ``render``."""


def render(format: str, results: Sequence[SessionResult]) -> str:
    """*results* in *format* (one of `FORMATS`) as Unicode text that ends in a newline. Raises ValueError."""
    if format not in FORMATS:
        raise ValueError(f"no format {format!r} for sessions")
    text: str = import_module(f"eximconf.report.sessions.{format}").render(results)
    return text
