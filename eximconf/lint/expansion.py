"""What the rules say of one expansion by itself, outside all configurations."""

from __future__ import annotations

from eximconf.config.link import Settled
from eximconf.config.load import load_source
from eximconf.lint.rule import Finding
from eximconf.lint.rules import RULES
from eximconf.lint.run import Run
from eximconf.lint.runner import Walk
from eximconf.source.text import SourceFile
from eximconf.syntax.expansion_parser import parse_expansion


def check_expansion(text: str, target: str) -> list[Finding]:
    """The findings about *text* (latin-1) for Exim *target*. Their places are spans in it."""
    configuration = load_source(SourceFile("", ""), _no_files, Settled(target=target))
    analysis = Walk(Run(configuration, ()), RULES).analysis(parse_expansion(text))
    return [finding for _, finding in analysis.findings]


def _no_files(path: str) -> str:
    raise FileNotFoundError(path)
