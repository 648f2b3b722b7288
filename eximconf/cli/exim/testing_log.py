"""Log lines while addresses and rules are tested, which go to standard error. Spec: 5.2, 53.15."""

from __future__ import annotations

from collections.abc import Callable

from eximconf.cli.exim import complain
from eximconf.config.selectors import enabled_selectors
from eximconf.runtime.calendar import local_time, log_date, now
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.settings import is_on


def described_on_stderr(ctx: Context) -> Callable[[LogLine], None]:
    """Takes lines as a debugging Exim shows them: with the logs that they would go to."""
    enabled = enabled_selectors(ctx.settings.get("log_selector"))

    def take(line: LogLine) -> None:
        if not line.selector or line.selector in enabled:
            complain(f"LOG:{_flags(line)}\n  {line.text}\n")

    return take


def stamped_on_stderr(ctx: Context) -> Callable[[LogLine], None]:
    """Takes lines as Exim shows them that logs to standard error: with the time."""
    enabled = enabled_selectors(ctx.settings.get("log_selector"))

    def take(line: LogLine) -> None:
        if not line.selector or line.selector in enabled:
            stamp = log_date(local_time(ctx, now(ctx)), is_on(ctx.settings, "log_timezone"))
            complain(f"{stamp} {line.text}\n")

    return take


def _flags(line: LogLine) -> str:
    selector = f" {line.selector}" if line.selector else ""
    named = (("MAIN", line.main), ("PANIC", line.panic), ("REJECT", line.reject))
    return selector + "".join(f" {name}" for name, wanted in named if wanted)
