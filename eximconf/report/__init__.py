"""Floor 7: findings and results as text for people and data for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eximconf.source.diagnostic import Diagnostic

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab")
"""The report formats; each is the module of that name, with a function ``render``."""


def render(
    format: str,
    diagnostics: Sequence[Diagnostic],
    *,
    color: bool = False,
    descriptions: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> str:
    """*diagnostics* in *format* (one of `FORMATS`) as Unicode text that ends in a newline, or empty.

    *color*: use terminal colours, where the format has them. *descriptions*: a line on each code,
    for formats that describe their rules, *texts*: all that is to be said of it, Markdown. Raises ValueError for an unknown format.
    """
    if format not in FORMATS:
        raise ValueError(f"no report format {format!r}")
    from importlib import import_module

    module = import_module(f"eximconf.report.{format}")
    more = {"texts": texts} if format == "sarif" else {}
    text: str = module.render(diagnostics, color=color, descriptions=descriptions, **more)
    return text
