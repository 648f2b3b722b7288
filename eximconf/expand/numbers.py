"""Numbers as operators and conditions read them. Spec: "Numeric comparisons", "randint"."""

from __future__ import annotations

from collections.abc import Mapping

from eximconf.catalog.model import NEWEST
from eximconf.runtime.machine import INT64_MAX, INT64_MIN, SPACES, leading_number, magnitude
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.printing import quoted

_SCALES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
SAFE_DIGITS = 19
"""So many digits and more may not fit into 64 bits."""
_NO_SETTINGS: Mapping[str, str] = {}


def parse_integer(
    text: str,
    nonneg: bool = False,
    settings: Mapping[str, str] = _NO_SETTINGS,
    target: str = NEWEST,
) -> int:
    """A decimal number with an optional ``K``, ``M`` or ``G`` and white space around it.

    White space alone is 0; an empty text is no number (number conditions count it as 0 before they
    ask here). *settings* and *target* only shape the message. Raises `ExpansionFailed`.
    """
    if len(text) < SAFE_DIGITS and text.isdigit() and text.isascii():
        return int(text)
    stripped = text.lstrip(SPACES)
    if not stripped and text:
        return 0
    found = leading_number(stripped)
    if found is None:
        complaint = "integer expected but {} found"
    else:
        sign, digits, end = found
        value = -magnitude(digits) if sign == "-" else magnitude(digits)
        scale = _SCALES.get(stripped[end : end + 1].lower())
        if scale is not None:
            end += 1
        scaled = value * (scale or 1)
        if value < 0 and nonneg:
            complaint = "non-negative integer expected but {} found"
        elif not INT64_MIN <= scaled <= INT64_MAX:
            complaint = "absolute value of integer {} is too large (overflow)"
        elif stripped[end:].strip(SPACES):
            complaint = "invalid integer {}"
        else:
            return scaled
    raise ExpansionFailed(complaint.format(quoted(stripped, settings, target)))
