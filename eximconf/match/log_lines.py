"""What list matching writes to Exim's logs."""

from __future__ import annotations

from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted


def warn_tainted(ctx: Context, pattern: str) -> None:
    """Log that outside data holds an item with a special meaning, as Exim does since 4.99."""
    if type(pattern) is Tainted and at_least(ctx.target, "4.99"):
        write_log(ctx, f"attempt to use tainted list metadata {pattern}", panic=True)


def write_log(ctx: Context, text: str, *, panic: bool = False, selector: str = "") -> None:
    """A line for Exim's logs, if anybody takes it."""
    if ctx.log is not None:
        ctx.log(LogLine(text, panic, selector))
