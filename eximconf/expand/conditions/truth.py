"""Truth values: bool and bool_lax. Spec: 11.7."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from eximconf.catalog.model import NEWEST, version_key
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.machine import int32, strtol
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.printing import quoted

_NUMBER = re.compile(r"-?[0-9]*\Z")


_NO_SETTINGS: Mapping[str, str] = {}


def truth(text: str, settings: Mapping[str, str] = _NO_SETTINGS, target: str = NEWEST) -> bool:
    """What a text means as a truth value. Raises `ExpansionFailed` for one that is none; *settings* and
    *target* shape its message."""
    word = text.strip(SPACE)
    if not word:
        return False
    if _NUMBER.match(word):
        return int32(strtol(word)[0]) != 0
    lowered = word.lower()
    if lowered in ("true", "yes"):
        return True
    if lowered in ("false", "no"):
        return False
    raise ExpansionFailed(f"unrecognised boolean value {quoted(word, settings, target)}")


def lax_truth(text: str) -> bool:
    """The same where every other text is true, as in a router's ``condition``."""
    word = text.strip(SPACE)
    if _NUMBER.match(word) and len(word) > 1:
        return True
    try:
        return truth(word)
    except ExpansionFailed:
        return True


def read_over_fault(constant: str | None, target: str) -> str | None:
    """Up to 4.97 a wrong literal fails also where it is read over (seen on 4.96, not on 4.98)."""
    if constant is None or version_key(target) >= (4, 97):
        return None
    try:
        truth(constant, target=target)
    except ExpansionFailed as error:
        return error.message
    return None


def _bool(arguments: Sequence[str], ctx: Context) -> bool:
    return truth(arguments[0], ctx.settings, ctx.target)


def _bool_lax(arguments: Sequence[str], _ctx: Context) -> bool:
    return lax_truth(arguments[0])


FUNCTIONS = {"bool": _bool, "bool_lax": _bool_lax}
