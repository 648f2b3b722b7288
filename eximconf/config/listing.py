"""The layout of ``exim -bP config``: the configuration as it was read, one logical line a line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from eximconf.config.display import HIDDEN

_SPACE_RUN = re.compile(r"[ \t\n\v\f\r]([ \t\n\v\f\r]*)")
_WORD_SPACE = re.compile(r"(begin|hide)[ \t\n\v\f\r]")


def lay_out(lines: Iterable[str], *, admin: bool = True, terse: bool = False) -> list[str]:
    """*lines* (logical lines, and ``# line "file"`` marks) indented by sections and blocks.

    *terse* (``-n``) leaves out indentation and empty lines. Who is not *admin* sees no macro and no
    hidden value.
    """
    step = 0 if terse else 2
    indent = 0
    out: list[str] = []
    for line in lines:
        text = _SPACE_RUN.sub(r" \1", line.strip(" \t\n\v\f\r"))
        if not text:
            continue
        word = _WORD_SPACE.match(text)
        if text.startswith("#"):
            out.append(text)
        elif word is not None and word[1] == "begin":
            out += [text] if terse else ["", text]
            indent = step
        elif text.endswith(":") and "=" not in text:
            out += [text] if terse else ["", " " * step + text]
            indent = 2 * step
        elif not admin and (word is not None or "A" <= text[0] <= "Z"):
            name, equals, _ = text.partition("=")
            out.append(" " * indent + (f"{name}= {HIDDEN}" if equals else HIDDEN))
        else:
            out.append(" " * indent + text)
    return out
