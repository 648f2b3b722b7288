"""The rules that ship together with those of other packages (entry points ``eximconf.rules``)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from eximconf.lint.rule import Rule
from eximconf.lint.rules import RULES

GROUP = "eximconf.rules"


def installed_rules() -> tuple[type[Rule], ...]:
    """All rules by code."""
    if not any(_named_in(folder) for folder in sys.path):
        return RULES
    from importlib.metadata import entry_points

    others: list[type[Rule]] = [point.load() for point in entry_points(group=GROUP)]
    return tuple(sorted({*RULES, *others}, key=lambda rule: rule.code))


def _named_in(folder: str) -> bool:
    """Whether a package installed in *folder* names the group. Asking `importlib.metadata` costs ten
    times as much, and hardly anybody has such a package."""
    return any(GROUP in text for text in _entry_points(folder or "."))


def _entry_points(folder: str) -> Iterator[str]:
    try:
        names = [name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return
    for name in names:
        try:
            with open(os.path.join(folder, name, "entry_points.txt"), encoding="utf-8") as file:
                yield file.read()
        except (OSError, ValueError):
            continue
