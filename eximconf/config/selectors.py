"""Which log selectors a configuration has switched on. Spec: 53.15 "Reducing or increasing what is logged"."""

from __future__ import annotations

import re

from eximconf.catalog.log_selectors import LOG_SELECTORS

_WORD = re.compile(r"([+-])[ \t]*([A-Za-z0-9_]+)")


def enabled_selectors(text: str | None) -> frozenset[str]:
    """The selectors that are on with the option's value *text*, None for no value.

    ``all`` stands for every one; another name of a selector counts as that. What is not known was refused
    when the configuration was read.
    """
    enabled = {entry.name for entry in LOG_SELECTORS.values() if entry.default and not entry.renamed_to}
    for sign, word in _WORD.findall(text or ""):
        names = _named(word)
        if sign == "+":
            enabled |= names
        else:
            enabled -= names
    return frozenset(enabled)


def _named(word: str) -> set[str]:
    if word == "all":
        return {entry.name for entry in LOG_SELECTORS.values() if not entry.renamed_to}
    entry = LOG_SELECTORS.get(word)
    return set() if entry is None else {entry.renamed_to or entry.name}
