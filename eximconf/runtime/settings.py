"""Reading the main options that an evaluation depends on, and comparing versions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from eximconf.catalog.model import version_key

_TRUE = frozenset({"", "1", "true", "yes"})


def is_on(settings: Mapping[str, str], name: str, default: bool = False) -> bool:
    """The truth of boolean main option *name* (``true yes`` in any case; absent: *default*)."""
    value = settings.get(name)
    return default if value is None else value.strip().lower() in _TRUE


@lru_cache(maxsize=64)
def at_least(target: str, version: str) -> bool:
    """Whether Exim *target* is *version* or newer."""
    return version_key(target) >= version_key(version)
