"""How a filter file is told from others. Spec: 22.4, the filter specification, 2.1 and 3.1."""

from __future__ import annotations

import re

_MARK = re.compile(r"[ \t-\r]*#[ \t]*(exim|sieve)[ \t]*filter", re.IGNORECASE)


def filter_kind(text: str) -> str:
    """``exim`` or ``sieve`` for a text that is a filter, else ""."""
    found = _MARK.match(text)
    return found[1].lower() if found is not None else ""
