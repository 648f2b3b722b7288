"""What an operator is: a function of the expanded text, the part behind ``_``, and the context."""

from __future__ import annotations

from collections.abc import Callable

from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.printing import quoted

OperatorFunction = Callable[[str, str | None, Context], str]
"""Text, parameters as written (``5_62``; None without ``_``) and context to the value.

The value may hold a NUL octet: it ends the whole string of that nesting level, so the caller cuts
there. Raises `ExpansionFailed`.
"""


def shown(text: str, ctx: Context) -> str:
    """*text* in quotes for a message."""
    return quoted(text, ctx.settings, ctx.target)


def failed(message: str) -> ExpansionFailed:
    """A failure with *message*."""
    return ExpansionFailed(message)
